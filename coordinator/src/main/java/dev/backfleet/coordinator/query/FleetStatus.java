package dev.backfleet.coordinator.query;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the fleet.
 *
 * @param at the time of the answer, by the database's clock
 * @param leader the leading coordinator; null if there is none
 * @param readOnly whether the server is read-only: a standby, or by its settings
 * @param paused whether the whole fleet is paused
 * @param by who paused it, if known
 * @param reason why, if known
 * @param since when it was paused
 * @param formerPrimaries servers that were the primary before a failover and still accept writes, in words
 * @param commitWait that commits wait for a synchronous standby, and why, in words; null if they do not
 * @param notifications what waits to be told to others
 */
public record FleetStatus(
        Instant at,
        @Nullable String leader,
        boolean readOnly,
        boolean paused,
        @Nullable String by,
        @Nullable String reason,
        @Nullable Instant since,
        List<String> formerPrimaries,
        @Nullable String commitWait,
        Notifications notifications) {

    public FleetStatus {
        formerPrimaries = List.copyOf(formerPrimaries);
    }

    /** With the cause why commits wait; null if they do not. */
    public FleetStatus withCommitWait(@Nullable String cause) {
        return new FleetStatus(at, leader, readOnly, paused, by, reason, since, formerPrimaries, cause, notifications);
    }

    /** Whether there is a leader. */
    public boolean led() {
        return leader != null;
    }
}
