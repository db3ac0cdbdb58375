package dev.backfleet.coordinator.duty;

import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of moving jobs from wave to wave: it notes that a wave is done, and begins the next one where promotion is automatic. */
public final class Rollouts {
    private static final Logger LOG = LoggerFactory.getLogger(Rollouts.class);

    /** How often it checks. */
    public static final Duration EVERY = Duration.ofMillis(500);

    private final Waves waves;

    public Rollouts(Waves waves) {
        this.waves = waves;
    }

    /** Checks every job that has waves. */
    public void runOnce() {
        waves.noteDoneIfRunning().forEach(done -> log(done, EventAction.WAVE_DONE, "wave done"));
        waves.promoteIfSoaked()
                .forEach(begun ->
                        log(begun, EventAction.WAVE_BEGUN, "wave begun: the one before was done for the soak time"));
    }

    private static void log(Wave wave, EventAction action, String what) {
        LOG.atInfo()
                .addKeyValue("job", wave.job())
                .addKeyValue("wave", wave.number())
                .addKeyValue("action", action)
                .log(what);
    }

    /** The waves of the jobs. */
    public interface Waves {
        /** Notes the waves of RUNNING jobs that have no open shard any more; returns those that were not noted before. */
        List<Wave> noteDoneIfRunning();

        /** Begins the next wave of each job with automatic promotion whose present wave has been done for the soak time. */
        List<Wave> promoteIfSoaked();
    }

    /**
     * A wave of a job.
     *
     * @param number the wave, from 1
     */
    public record Wave(long job, int number) {}
}
