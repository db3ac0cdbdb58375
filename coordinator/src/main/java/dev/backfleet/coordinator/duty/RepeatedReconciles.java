package dev.backfleet.coordinator.duty;

import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of beginning the reconciles that nobody submits: those that are to be repeated, and those of waves that are done. */
public final class RepeatedReconciles {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "the repeated reconcile";

    /** The same for a wave. */
    public static final String OF_WAVE = "the reconcile of the wave";

    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedReconciles.class);

    private final Schedules schedules;
    private final EachJob each;
    private final EachJob eachWave;

    /**
     * Of a database.
     *
     * @param each runs it for each job with a schedule
     * @param eachWave runs it for each job that is between two waves
     */
    public RepeatedReconciles(Schedules schedules, EachJob each, EachJob eachWave) {
        this.schedules = schedules;
        this.each = each;
        this.eachWave = eachWave;
    }

    /** Begins those that are due. */
    public void runOnce() {
        for (var job : schedules.due()) {
            each.run(job, () -> {
                schedules.begin(job);
                LOG.atInfo()
                        .addKeyValue("job", job)
                        .addKeyValue("action", EventAction.RECONCILE_BEGUN)
                        .log("reconcile begun, as scheduled");
            });
        }
        for (var job : schedules.wavesDue()) {
            eachWave.run(job, () -> {
                schedules.beginOfWaves(job);
                LOG.atInfo()
                        .addKeyValue("job", job)
                        .addKeyValue("action", EventAction.RECONCILE_BEGUN)
                        .log("reconcile of the waves so far begun");
            });
        }
    }

    /** The jobs whose reconcile is repeated. */
    public interface Schedules {
        /** The jobs that SUCCEEDED, and whose last reconcile is over and began long enough ago. */
        List<Long> due();

        /** Begins a reconcile of a job as its schedule says, and forgets those that are too old. */
        void begin(long job);

        /**
         * The jobs whose rollout demands a reconcile of the wave that is done, whose soak time is over, and of whose wave there is none
         * yet.
         */
        List<Long> wavesDue();

        /** Begins a reconcile of the waves of a job that are done. */
        void beginOfWaves(long job);
    }
}
