package dev.backfleet.common.spec;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Priority;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The limits of a job.
 *
 * @param shardRows target number of rows of a shard
 * @param batchDuration how long a batch should take
 * @param batchMaxRows the most rows of a batch
 * @param rowTimeout how long one row alone may take before it is quarantined
 * @param rowsPerSecond rows that the whole fleet may change per second; no limit if empty
 * @param walBytesPerSecond bytes of WAL that the whole fleet may write per second; no limit if empty
 * @param concurrency slots of the fleet that the job may use at once
 * @param priority its weight for the fleet's slots relative to other jobs
 * @param errorBudget how many rows may be quarantined
 * @param passes in how many passes each shard is walked over; what suits the table if empty
 */
public record Limits(
        long shardRows,
        Duration batchDuration,
        int batchMaxRows,
        Duration rowTimeout,
        OptionalLong rowsPerSecond,
        OptionalLong walBytesPerSecond,
        int concurrency,
        Priority priority,
        ErrorBudget errorBudget,
        OptionalInt passes) {}
