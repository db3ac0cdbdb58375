package dev.backfleet.worker.shard;

import java.time.Duration;

/** How much of a shard's lease is over. */
final class LeaseAge {
    private final Duration lease;
    private Duration renewed;

    /**
     * Of a lease that begins.
     *
     * @param lease its length
     * @param now the monotonic time of its begin, or a little before
     */
    LeaseAge(Duration lease, Duration now) {
        this.lease = lease;
        this.renewed = now;
    }

    /** It was extended at that time, or a little later. */
    void renewed(Duration at) {
        renewed = at;
    }

    /** Whether one of so many equal parts of it is over. */
    boolean isOver(int parts, Duration now) {
        return now.minus(renewed).multipliedBy(parts).compareTo(lease) > 0;
    }
}
