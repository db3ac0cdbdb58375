package dev.backfleet.worker.execute;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import java.util.Set;

/** What the contract tests of a worker's ports need of the database behind them. */
public interface ShardFixture {

    /** The ports under test. */
    ShardAccess access();

    /** A RUNNING job without a limit, whose one shard has the rows 1 to {@code rows} and is dispatched. */
    Task dispatched(int rows);

    /**
     * The same of a job that walks over the shard in several passes; which row is changed in which of them is its own matter, but each
     * pass has less than all rows.
     */
    Task inPasses(int rows, int passes);

    /**
     * The same of a job that compares rows.
     *
     * @param wrong the rows that are not as they should be
     */
    Task comparing(int rows, Set<Integer> wrong);

    /**
     * The same of a job that copies rows into another table.
     *
     * @param present the rows that have a copy already, which stays as it is
     */
    Task copying(int rows, Set<Integer> present);

    /** How many rows a comparison has counted as wrong, or as rows that it could not judge. */
    long found(ShardId shard);

    /** Dispatches a PENDING shard again. */
    Task dispatchedAgain(Task task);

    /** Puts a RUNNING shard back, as the reaper does after its lease has ended. */
    void reap(ShardId shard);

    /** Moves the job from RUNNING to PAUSING, and leaves its shards as they are. */
    void stopJob(ShardId shard);

    /** From now on the database rejects a change or a copy of this row; of a comparison, it cannot judge it. */
    void reject(ShardId shard, int row);

    /** Sets how many rows of the job may be quarantined without halting it. */
    void setErrorBudget(ShardId shard, int rows);

    /** Puts another table under the name of the shard's. */
    void replaceTable(ShardId shard);

    /** What is stored. */
    Stored stored(ShardId shard);

    /**
     * What is stored of a job and its only shard.
     *
     * @param leased whether the shard has a lease that has not expired
     * @param walked rows walked, as counted with the shard
     * @param changed rows changed, as counted with the shard
     * @param quarantined rows in quarantine
     * @param rowsChanged rows of the table that were changed, each as many times as it was; of a job that copies rows, copies that
     *     it has made
     */
    record Stored(
            JobState job,
            ShardState shard,
            long epoch,
            boolean leased,
            long walked,
            long changed,
            long quarantined,
            long rowsChanged) {}
}
