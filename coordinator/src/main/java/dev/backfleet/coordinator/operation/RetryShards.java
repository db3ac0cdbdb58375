package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
import java.util.Optional;

/** Retries the FAILED shards of a job, each from its checkpoint; a FAILED job becomes RUNNING again. */
public final class RetryShards {
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
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job is FAILED and a newer one uses its name, no shard is FAILED, or
     *     its shards were pruned
     */
    public Retried run(Actor actor, String job) {
        var id = lookup.job(job);
        var retried = shards.retry(id, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.CONFLICT,
                        "a newer unfinished job uses the name of " + job + "",
                        "cancel it, or wait until it ends"));
        if (retried.shards() == 0) {
            throw shards.prunedAt(id)
                    .filter(at -> retried.state() == JobState.FAILED)
                    .map(at -> pruned(job, at))
                    .orElseGet(() -> nothing(job, retried.state(), shards.quarantined(id) > 0));
        }
        return retried;
    }

    private static OperationRefused pruned(String job, Instant at) {
        return new OperationRefused(
                Code.CONFLICT,
                "the shards of " + job + " were pruned on " + HumanTime.day(at),
                "submit the spec again, with a 'where' that selects the rows that were not changed");
    }

    private static OperationRefused nothing(String job, JobState state, boolean rowsInQuarantine) {
        var what = "job " + job + " is " + state + " and has no FAILED shard";
        return rowsInQuarantine
                ? new OperationRefused(
                        Code.CONFLICT,
                        what + ";",
                        "'backfleet quarantine " + job + " --retry' retries the rows in quarantine")
                : new OperationRefused(Code.CONFLICT, what, null);
    }

    /**
     * The result.
     *
     * @param state the job's state now
     * @param shards how many shards are PENDING again
     */
    public record Retried(JobState state, int shards) {}

    /** The shards of the jobs. */
    public interface Shards {
        /**
         * Makes the FAILED shards of a job PENDING, and a FAILED job RUNNING, and audits it, in one transaction.
         *
         * @return nothing if the job is FAILED and another unfinished one uses its name; no shards if none was FAILED, or the
         *     job's state forbids it
         */
        Optional<Retried> retry(long job, Actor actor);

        /** When a job's shards were pruned; nothing if they were not. */
        Optional<Instant> prunedAt(long job);

        /** How many rows of a job are in quarantine. */
        long quarantined(long job);
    }
}
