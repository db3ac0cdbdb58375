package dev.backfleet.coordinator.query.plan;

import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.forecast.BatchTrials;
import dev.backfleet.coordinator.forecast.Forecaster;
import dev.backfleet.coordinator.forecast.JobPace;
import dev.backfleet.coordinator.pin.PinnedSpec;

/** Measures what batches of a job take, and forecasts the whole job from that. All of them are rolled back. */
final class MeasureBatches {

    /** Of the table's rows, no more than this share is changed and rolled back: each leaves a dead row behind. */
    private static final double MOST_ROWS = 0.01;

    /** With fewer rows than that, the share is too small to measure anything. */
    static final long FEWEST_ROWS = 10_000;

    /** So many batches run at the same time, at most. */
    private static final int MOST_SESSIONS = 8;

    private final BatchTrials trials;

    MeasureBatches(BatchTrials trials) {
        this.trials = trials;
    }

    Measurement run(PinnedSpec pinned, Limits limits, long rows) throws InterruptedException {
        if (rows < FEWEST_ROWS) {
            return Measurement.without(
                    "the table is small: 1 % of its rows would be too few to measure, and the job takes seconds");
        }
        var leaves = pinned.leaves();
        var pace = JobPace.of(limits, trials.fleetSlots());
        var tried = trials.run(
                pinned.definition(), leaves, Math.min(MOST_SESSIONS, pace.slots()), Math.round(rows * MOST_ROWS));
        return Forecaster.of(tried, trials.weight(leaves, rows), pace)
                .map(forecaster -> new Measurement(forecaster.measured(), forecaster.forecast(), null))
                .orElseGet(() -> Measurement.without("no batch succeeded"
                        + (tried.heldUp() == 0 ? "" : "; given up because of a lock: " + tried.heldUp())
                        + (tried.rejected().isEmpty()
                                ? ""
                                : "; PostgreSQL rejects: " + String.join("; ", tried.rejected()))));
    }
}
