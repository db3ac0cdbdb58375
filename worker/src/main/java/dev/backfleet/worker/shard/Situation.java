package dev.backfleet.worker.shard;

import java.time.Duration;

/**
 * What decides about the next step, beside the shard itself.
 *
 * @param now the monotonic time
 * @param mayRun whether control permits changing rows of the job
 * @param stopping whether the worker is shutting down
 */
public record Situation(Duration now, boolean mayRun, boolean stopping) {}
