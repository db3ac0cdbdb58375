package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;

/** Begins the next wave of a job's rollout. */
public final class PromoteWave {
    /** Open shards are counted up to this number, so that a look does not cost more in a wave of a million. */
    public static final int COUNTED_AT_MOST = 1_000;

    private final Lookup lookup;
    private final Waves waves;

    public PromoteWave(Lookup lookup, Waves waves) {
        this.lookup = lookup;
        this.waves = waves;
    }

    /**
     * Begins the next wave.
     *
     * @param job its id or name
     * @param wanted the wave that is to have begun after this, from 1; nothing: the next one, whichever that is
     * @param early whether shards of the present wave may still be open
     * @throws OperationRefused NOT_FOUND; INVALID if there is no such wave; CONFLICT if there is no next wave; NOT_NOW if the
     *     present one is not done, or the wanted one does not follow it; STALE if another promotion came at the same moment
     */
    public Promoted run(Actor actor, String job, Optional<Integer> wanted, boolean early) {
        var id = lookup.job(job);
        var now =
                waves.standing(id).orElseThrow(() -> conflict(job + " has no rollout: all its shards are dispatched"));
        if (wanted.isPresent() && hasBegun(job, now, wanted.get())) {
            return new Promoted(id, wanted.get(), now.of(), true);
        }
        require(job, now, early);
        var begun = waves.promoteIfAtWave(id, now.wave(), early, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.STALE,
                        "the state of " + job + " has just changed;",
                        "see 'backfleet status " + job + "'"));
        return new Promoted(id, begun, now.of(), false);
    }

    private static boolean hasBegun(String job, Standing now, int wanted) {
        if (wanted < 1 || wanted > now.of()) {
            throw new OperationRefused(
                    Code.INVALID, "there is no wave " + wanted + ": " + job + " has waves 1 to " + now.of(), null);
        }
        if (wanted > now.wave() + 1) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "wave " + wanted + " does not follow: " + job + " is in wave " + now.wave() + " of " + now.of(),
                    "begin wave " + (now.wave() + 1) + " first");
        }
        return wanted <= now.wave();
    }

    private static void require(String job, Standing now, boolean early) {
        var wave = now.wave() + " of " + now.of();
        if (now.state().isTerminal()) {
            throw conflict(job + " is " + now.state());
        }
        if (now.wave() == now.of()) {
            throw conflict(job + " is in its last wave, " + wave);
        }
        if (now.openShards() > 0 && !early) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "wave " + wave + " is not done: " + count(now.openShards())
                            + (now.openShards() == 1 ? " shard is open" : " shards are open"),
                    "--early begins the next wave nevertheless");
        }
    }

    /** A number of open shards in words: {@code 7}, {@code at least 1,000}. */
    public static String count(int openShards) {
        return (openShards < COUNTED_AT_MOST ? "" : "at least ") + HumanText.number(openShards);
    }

    private static OperationRefused conflict(String why) {
        return new OperationRefused(Code.CONFLICT, why, null);
    }

    /**
     * The wave that began.
     *
     * @param id the job's id
     * @param wave its number, from 1
     * @param of how many waves there are
     * @param already whether it had begun before, so that nothing was done
     */
    public record Promoted(long id, int wave, int of, boolean already) {}

    /**
     * The state of a job's rollout.
     *
     * @param state the job's state
     * @param wave the present wave, from 1
     * @param of how many waves there are
     * @param openShards how many shards of it, and of those before it, are open
     */
    public record Standing(JobState state, int wave, int of, int openShards) {}

    /** The waves of the jobs. */
    public interface Waves {
        /** The state of a job's rollout; nothing if it has none. */
        Optional<Standing> standing(long job);

        /**
         * Begins the wave after {@code wave} and audits it, in one transaction.
         *
         * @return the number of the wave that began; nothing if the job is at another one, or its wave is not done, or it is the last
         */
        Optional<Integer> promoteIfAtWave(long job, int wave, boolean early, Actor actor);
    }
}
