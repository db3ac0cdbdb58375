package dev.backfleet.common.spec;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Priority;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How much a job may do at once.
 *
 * @param shardRows about how many rows a shard has
 * @param batchDuration how long a batch should take
 * @param batchMaxRows how many rows a batch has at most
 * @param rowTimeout how long one row alone may take before it is quarantined
 * @param rowsPerSecond rows that the whole fleet may change per second; no limit if empty
 * @param walBytesPerSecond bytes of WAL that the whole fleet may write per second; no limit if empty
 * @param concurrency slots of the fleet that the job may use at once
 * @param priority its share of the fleet's slots beside other jobs
 * @param errorBudget how many rows it may put into quarantine
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
        ErrorBudget errorBudget) {}
