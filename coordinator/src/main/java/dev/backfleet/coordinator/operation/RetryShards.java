package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Retries the FAILED shards of a job, each from its checkpoint; a FAILED job becomes RUNNING again. */
public final class RetryShards {
    private static final Set<JobState> NEVER = EnumSet.of(JobState.PLANNING, JobState.CANCELLING, JobState.CANCELLED);

    private final Lookup lookup;
    private final Shards shards;

    public RetryShards(Lookup lookup, Shards shards) {
        this.lookup = lookup;
        this.shards = shards;
    }

    /**
     * Makes FAILED shards PENDING.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job is FAILED and a newer one uses its name, its shards were pruned,
     *     an undo of it was begun, or it is PLANNING or cancelled
     */
    public Retried run(Actor actor, String job) {
        var id = lookup.job(job);
        var retried = shards.retry(id, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.CONFLICT,
                        "a newer unfinished job uses the name of " + job + "",
                        "cancel it, or wait until it ends"));
        if (retried.shards() == 0) {
            requireRetryable(job, id, retried.state());
        }
        return retried;
    }

    private void requireRetryable(String job, long id, JobState state) {
        if (state == JobState.FAILED) {
            shards.prunedAt(id).ifPresent(at -> {
                throw new OperationRefused(
                        Code.CONFLICT,
                        "the shards of " + job + " were pruned on " + HumanTime.day(at),
                        "submit the spec again, with a 'where' that selects the rows that were not changed");
            });
        }
        shards.undoneBy(id).ifPresent(undo -> {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "values of " + job + " were put back by " + undo
                            + ": a retry would change its other rows, and not these",
                    "submit the spec again: that changes all of its rows");
        });
        if (NEVER.contains(state)) {
            throw new OperationRefused(
                    Code.CONFLICT, "job " + job + " is " + state + ": its shards are not retried", null);
        }
    }

    /**
     * The result.
     *
     * @param state the job's state now
     * @param shards how many shards are PENDING again; 0: none was FAILED
     * @param quarantined how many rows are in quarantine; these are retried in another way
     */
    public record Retried(JobState state, int shards, long quarantined) {}

    /** The shards of the jobs. */
    public interface Shards {
        /**
         * Makes the FAILED shards of a job PENDING, and a FAILED job RUNNING, and audits it, in one transaction.
         *
         * @return nothing if the job is FAILED and another unfinished one uses its name; no shards if none was FAILED, if an undo
         *     of the job was begun, or if its state forbids it
         */
        Optional<Retried> retry(long job, Actor actor);

        /** When a job's shards were pruned; nothing if they were not. */
        Optional<Instant> prunedAt(long job);

        /** The name of the last undo of a job that was begun; nothing if none was. */
        Optional<String> undoneBy(long job);
    }
}
