package dev.backfleet.coordinator.duty;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of moving jobs from wave to wave: it notes when a wave is done, and begins the next one where nobody has to. */
public final class Rollouts {
    private static final Logger LOG = LoggerFactory.getLogger(Rollouts.class);

    private final Waves waves;

    /** Creates it. */
    public Rollouts(Waves waves) {
        this.waves = waves;
    }

    /** Looks at every job that has waves. */
    public void runOnce() {
        waves.noteDone().forEach(done -> log(done, "wave done"));
        waves.promoteSoaked().forEach(begun -> log(begun, "wave begun: the one before was done for the soak time"));
    }

    private static void log(Wave wave, String what) {
        LOG.atInfo()
                .addKeyValue("job", wave.job())
                .addKeyValue("wave", wave.number())
                .log(what);
    }

    /** The waves of the jobs. */
    public interface Waves {
        /** Notes for each job whose wave has no open shard any more that it is done; which were not yet noted. */
        List<Wave> noteDone();

        /** Begins the next wave of each job that is to go on by itself and may. */
        List<Wave> promoteSoaked();
    }

    /**
     * A wave of a job.
     *
     * @param number the wave, from 1
     */
    public record Wave(long job, int number) {}
}
