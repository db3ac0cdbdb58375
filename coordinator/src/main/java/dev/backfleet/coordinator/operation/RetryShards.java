package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;

/** Lets the FAILED shards of a job be worked on again, each from its checkpoint; a FAILED job is RUNNING again. */
public final class RetryShards {
    private final Lookup lookup;
    private final Shards shards;

    /** Over the jobs' shards. */
    public RetryShards(Lookup lookup, Shards shards) {
        this.lookup = lookup;
        this.shards = shards;
    }

    /**
     * Puts them back.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job is FAILED and another one has its name, or no shard FAILED
     */
    public Retried run(Actor actor, String job) {
        var id = lookup.job(job);
        var retried = shards.retry(id, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.CONFLICT,
                        "another job that is not over has the name of " + job + " by now",
                        "cancel that one, or let it end"));
        if (retried.shards() == 0) {
            throw nothing(job, retried.state(), shards.quarantined(id) > 0);
        }
        return retried;
    }

    private static OperationRefused nothing(String job, JobState state, boolean rowsInQuarantine) {
        var what = "job " + job + " is " + state + " and has no shard that FAILED";
        return rowsInQuarantine
                ? new OperationRefused(
                        Code.CONFLICT,
                        what + ";",
                        "'backfleet quarantine " + job + " --retry' retries the rows in quarantine")
                : new OperationRefused(Code.CONFLICT, what, null);
    }

    /**
     * What came of it.
     *
     * @param state the job's state now
     * @param shards how many shards were put back
     */
    public record Retried(JobState state, int shards) {}

    /** The shards of the jobs. */
    public interface Shards {
        /**
         * Puts the FAILED shards of a job back and audits it, in one transaction; a job that is FAILED itself is RUNNING again.
         *
         * @return nothing if the job is FAILED and another one that is not over has its name; no shards if there was none to
         *     be put back, or the job's state forbids it
         */
        Optional<Retried> retry(long job, Actor actor);

        /** How many rows of a job are in quarantine. */
        long quarantined(long job);
    }
}
