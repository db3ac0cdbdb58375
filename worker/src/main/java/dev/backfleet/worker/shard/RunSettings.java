package dev.backfleet.worker.shard;

import java.time.Duration;

/**
 * The values by which a worker's runs begin and end: from its settings, and fixed ones.
 *
 * @param slice the time slice: how long a shard is worked on before it is given back
 * @param lease how long a claim is valid without being renewed
 * @param attempts failures in a row after which the shard is given back
 * @param putBackDelay how long a shard that did not advance must not be dispatched again
 */
public record RunSettings(Duration slice, Duration lease, int attempts, Duration putBackDelay) {

    /** How long one row alone may take, so that the lease does not expire meanwhile. */
    Duration longestRow() {
        return lease.multipliedBy(8).dividedBy(10);
    }
}
