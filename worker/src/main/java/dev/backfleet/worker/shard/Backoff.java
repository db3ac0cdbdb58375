package dev.backfleet.worker.shard;

import java.time.Duration;

/** How long to wait after the n-th failure in a row. */
@FunctionalInterface
public interface Backoff {
    /** The delay after failure number {@code failures}, from 1. */
    Duration delay(int failures);
}
