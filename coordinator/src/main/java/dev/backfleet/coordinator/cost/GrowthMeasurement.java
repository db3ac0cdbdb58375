package dev.backfleet.coordinator.cost;

import dev.backfleet.coordinator.duty.EachJob;
import java.time.Duration;
import java.util.List;

/** The duty of measuring, after the end of a job, by how much its tables and their indexes have grown since it was submitted. */
public final class GrowthMeasurement {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "measuring the growth of its tables";

    /** How often it looks for jobs that have ended. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private final Ended ended;
    private final EachJob each;

    public GrowthMeasurement(Ended ended, EachJob each) {
        this.ended = ended;
        this.each = each;
    }

    /** Measures each job that has ended, and was not measured since. */
    public void runOnce() {
        for (var job : ended.unmeasured()) {
            each.run(job, () -> ended.measure(job));
        }
    }

    /** The jobs that have ended. */
    public interface Ended {
        /** Those that were not measured since their end. */
        List<Long> unmeasured();

        /** Measures a job and stores the result. */
        void measure(long job);
    }
}
