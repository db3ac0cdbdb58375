package dev.backfleet.coordinator.query.plan;

import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.forecast.BatchTrials;
import dev.backfleet.coordinator.forecast.Forecaster;
import dev.backfleet.coordinator.forecast.JobPace;
import dev.backfleet.coordinator.forecast.JobShape;
import dev.backfleet.coordinator.forecast.SavedForecast;
import dev.backfleet.coordinator.forecast.Trials;
import dev.backfleet.coordinator.pin.PinnedSpec;
import java.util.List;

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

    Measurement run(PinnedSpec pinned, Limits limits, long rows, long shards) throws InterruptedException {
        if (rows < FEWEST_ROWS) {
            return Measurement.without(
                    "the table is small: 1 % of its rows would be too few to measure, and the job takes seconds");
        }
        if (!trials.mayRun()) {
            return Measurement.without(
                    "this role may not write to the control schema, where a batch needs a job and a shard, which are"
                            + " rolled back with it: run 'backfleet plan' as the role of the coordinator");
        }
        var leaves = pinned.leaves();
        var pace = JobPace.of(limits, trials.fleetSlots());
        var tried = trials.run(
                pinned.definition(), leaves, Math.min(MOST_SESSIONS, pace.slots()), Math.round(rows * MOST_ROWS));
        var forecaster = Forecaster.of(
                tried,
                trials.weight(leaves, rows),
                pace,
                new JobShape(
                        shards,
                        pinned.definition().work().where() != null,
                        pinned.definition().walk().passes()));
        if (forecaster.isEmpty()) {
            return new Measurement(null, null, nothing(tried), rejected(tried));
        }
        var forecast = forecaster.get().forecast();
        trials.keep(pinned.definition(), limits, SavedForecast.of(forecast, pace.slots()));
        return new Measurement(forecaster.get().measured(), forecast, null, rejected(tried));
    }

    private static String nothing(Trials tried) {
        return "no batch succeeded"
                + (tried.heldUp() == 0 ? "" : "; given up because of a lock: " + tried.heldUp())
                + (tried.rejected().isEmpty() ? "" : "; PostgreSQL rejects: " + String.join("; ", tried.rejected()));
    }

    private static List<Finding> rejected(Trials tried) {
        var succeeded = tried.batches().size() + tried.logged().size();
        var rejected = tried.rejectedBatches();
        if (rejected <= succeeded) {
            return List.of();
        }
        var all = succeeded == 0;
        return List.of(Finding.of(
                all ? FindingCode.TRIAL_BATCHES_REJECTED : FindingCode.MANY_TRIAL_BATCHES_REJECTED,
                (all ? "each of " + rejected : rejected + " of " + (succeeded + rejected))
                        + " batches that were run and rolled back was rejected by PostgreSQL: "
                        + String.join("; ", tried.rejected()),
                "correct the expression or the data, or exclude such rows by where"));
    }
}
