package dev.backfleet.coordinator.duty;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of beginning the reconciles that are to be repeated. */
public final class RepeatedReconciles {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "the repeated reconcile";

    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedReconciles.class);

    private final Schedules schedules;
    private final EachJob each;

    public RepeatedReconciles(Schedules schedules, EachJob each) {
        this.schedules = schedules;
        this.each = each;
    }

    /** Begins those that are due. */
    public void runOnce() {
        for (var job : schedules.due()) {
            each.run(job, () -> {
                schedules.begin(job);
                LOG.atInfo().addKeyValue("job", job).log("reconcile begun, as scheduled");
            });
        }
    }

    /** The jobs whose reconcile is repeated. */
    public interface Schedules {
        /** The jobs that SUCCEEDED, and whose last reconcile is over and began long enough ago. */
        List<Long> due();

        /** Begins a reconcile of a job as its schedule says, and forgets those that are too old. */
        void begin(long job);
    }
}
