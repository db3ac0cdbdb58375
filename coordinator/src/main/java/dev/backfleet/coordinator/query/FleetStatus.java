package dev.backfleet.coordinator.query;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What concerns all jobs.
 *
 * @param at the database's time of the answer
 * @param led whether a coordinator leads
 * @param readOnly whether the server takes no writes: a standby, or made so
 * @param paused whether the whole fleet is to stand still
 * @param by who said so, if known
 * @param reason why, if known
 * @param since when that was put into effect
 * @param formerPrimaries servers that were the primary before a failover and still take writes, in words
 */
public record FleetStatus(
        Instant at,
        boolean led,
        boolean readOnly,
        boolean paused,
        @Nullable String by,
        @Nullable String reason,
        @Nullable Instant since,
        List<String> formerPrimaries) {

    public FleetStatus {
        formerPrimaries = List.copyOf(formerPrimaries);
    }
}
