package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.quarantine.DropRows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Removes the shards of finished jobs. The job's row, with its counts, and its audit stay. So do its FAILED shards, and, unless
 * they are dismissed, its rows in quarantine with the shards that a retry of them needs.
 */
public final class PruneJobs {

    /** Without a job: how long ago a job must have finished. */
    public static final Duration OLDER_THAN = Duration.ofDays(30);

    private final Lookup lookup;
    private final Shards shards;
    private final DropRows.Rows quarantine;

    public PruneJobs(Lookup lookup, Shards shards, DropRows.Rows quarantine) {
        this.lookup = lookup;
        this.shards = shards;
        this.quarantine = quarantine;
    }

    /**
     * The jobs that a run would prune, oldest first.
     *
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job that is named is not finished; NOT_NOW if it is not old enough
     */
    public List<Prunable> find(Wanted wanted) {
        if (wanted.job().isEmpty()) {
            return shards.finished(Optional.empty(), wanted.olderThan().orElse(OLDER_THAN), wanted.quarantine());
        }
        var name = wanted.job().get();
        var id = lookup.job(name);
        requireFinished(name, lookup.state(id));
        var age = wanted.olderThan().orElse(Duration.ZERO);
        if (!age.isZero() && !shards.finishedBefore(id, age)) {
            throw new OperationRefused(
                    Code.NOT_NOW, "job " + name + " has not been finished for that long", "leave out --older-than");
        }
        return shards.finished(Optional.of(id), Duration.ZERO, wanted.quarantine());
    }

    /**
     * Prunes one of them, in short transactions: if it is interrupted, the next run continues.
     *
     * @param dismissRows whether its rows in quarantine are dismissed first
     * @throws OperationRefused STALE if it is not finished any more
     */
    public Pruned run(Actor actor, Prunable job, boolean dismissRows) {
        long dismissed = dismissRows ? quarantine.drop(job.id(), Optional.empty(), actor) : 0;
        var last = shards.begin(job.id(), actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.STALE, "job " + job.name() + " was resumed a moment ago", "check 'backfleet status'"));
        long removed = 0;
        for (int after = 0; after < last; after += AT_ONCE) {
            removed += shards.remove(job.id(), after, after + AT_ONCE);
        }
        return new Pruned(removed, shards.left(job.id()), dismissed);
    }

    /** How many shards one transaction removes at most: it takes some ten milliseconds. */
    static final int AT_ONCE = 5_000;

    private static void requireFinished(String job, JobState state) {
        if (!state.isTerminal()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "job " + job + " is " + state + ": its shards are needed until it finishes",
                    "'backfleet cancel " + job + "' ends it");
        }
    }

    /**
     * What is asked for.
     *
     * @param job only this one, whatever its age; nothing: all that SUCCEEDED or were CANCELLED. A FAILED job has to be named,
     *     since it cannot be retried afterwards
     * @param olderThan only jobs that finished longer ago
     * @param quarantine whether rows in quarantine are dismissed
     */
    public record Wanted(Optional<String> job, Optional<Duration> olderThan, boolean quarantine) {}

    /**
     * A job that can be pruned.
     *
     * @param shards how many shards it has, or had before it was pruned in part
     * @param quarantined how many of its rows are in quarantine
     */
    public record Prunable(long id, String name, JobState state, Instant finishedAt, long shards, long quarantined) {}

    /**
     * What was done.
     *
     * @param removed how many shards were removed now
     * @param kept how many stay: the FAILED ones, and those with rows in quarantine
     * @param dismissed how many rows in quarantine were dismissed
     */
    public record Pruned(long removed, long kept, long dismissed) {}

    /** The shards of finished jobs. */
    public interface Shards {
        /**
         * Jobs that have shards to prune, oldest first.
         *
         * @param job only this one; nothing: all that SUCCEEDED or were CANCELLED
         * @param dismissRows whether shards with rows in quarantine count
         */
        List<Prunable> finished(Optional<Long> job, Duration age, boolean dismissRows);

        /** Whether a job finished longer ago than that, by the database's clock. */
        boolean finishedBefore(long job, Duration age);

        /**
         * Keeps in the job's row what its shards counted, audits that they are removed, and tells it in a note, in one
         * transaction; does nothing again if it was begun before.
         *
         * @return the number of its last shard; nothing if the job is not finished
         */
        Optional<Integer> begin(long job, Actor actor);

        /** Removes the shards whose numbers are above the first and not above the second, except those that stay. */
        int remove(long job, int after, int last);

        /** How many shards there are. */
        long left(long job);
    }
}
