package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.job.JobState;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The proof behind a pause. It takes two transactions: the first makes the job's state one in which no claim succeeds;
 * the second, here, takes RUNNING from every shard, and so waits for each batch that is under way. A claim that saw the
 * old state has committed its shard's row before, or finds it changed; a batch that did not make it finds itself
 * fenced. When the second has committed, no row can change.
 */
final class Quiet {
    private Quiet() {}

    /** Takes RUNNING from the shards of a job that is PAUSING or CANCELLING, then moves it; whether it moved. */
    static boolean job(Handle handle, long job, JobState to) {
        if (handle.isInTransaction()) {
            throw new IllegalStateException("the state before must be committed, and what follows must be at once");
        }
        new ShardStore(handle).takeBack(Optional.of(job));
        var from = to == JobState.PAUSED ? JobState.PAUSING : JobState.CANCELLING;
        return new JobStore(handle).move(job, Set.of(from), to, null, null);
    }

    /** Takes RUNNING from the shards of all jobs, while the fleet is to pause. */
    static void fleet(Handle handle) {
        new ShardStore(handle).takeBack(Optional.empty());
    }
}
