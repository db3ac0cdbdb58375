package dev.backfleet.common.spec;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How much a job may do at once.
 *
 * @param shardRows about how many rows a shard has
 * @param batchDuration how long a batch should take
 * @param batchMaxRows how many rows a batch has at most
 * @param rowsPerSecond rows that the whole fleet may change per second; no limit if empty
 * @param concurrency slots of the fleet that the job may use at once
 */
public record Limits(
        long shardRows, Duration batchDuration, int batchMaxRows, OptionalLong rowsPerSecond, int concurrency) {}
