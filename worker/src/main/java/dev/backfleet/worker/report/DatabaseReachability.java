package dev.backfleet.worker.report;

import dev.backfleet.common.control.NotAccepting;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a worker can reach its database, and write to it. After a lost connection the database is only suspected to be
 * unreachable; a probe decides. While it is not known to be available, the next probe always has a due time, even if no slot has
 * work for the database. An immutable value without a clock: times are those of the caller's monotonic clock.
 *
 * @param state what is known
 * @param since the time since which it is known
 * @param probeAt when the next probe is due; irrelevant while the database is reachable
 */
public record DatabaseReachability(State state, Duration since, Duration probeAt) {
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);

    /** What is known of the database. */
    public enum State {
        /** The last probe or statement was answered. */
        REACHABLE,
        /** A connection was lost: the database is probed at once. */
        SUSPECTED,
        /** A probe failed: the database is probed each second. */
        UNREACHABLE,
        /** The server answers, but takes no writes: it is a standby now. It is probed each second. */
        READ_ONLY
    }

    /** The database has answered. */
    public static DatabaseReachability reachable(Duration now) {
        return new DatabaseReachability(State.REACHABLE, now, now);
    }

    /** Whether the database answered last. */
    public boolean isReachable() {
        return state == State.REACHABLE;
    }

    /** Whether the database is known to be unreachable or read-only: then only probes are sent to it. */
    public boolean isUnreachable() {
        return state == State.UNREACHABLE || state == State.READ_ONLY;
    }

    /** Why no tasks are accepted; empty if they are. A suspicion is enough: a claim would be lost with its connection. */
    public Optional<NotAccepting> why() {
        return switch (state) {
            case REACHABLE -> Optional.empty();
            case SUSPECTED, UNREACHABLE -> Optional.of(NotAccepting.DATABASE_UNREACHABLE);
            case READ_ONLY -> Optional.of(NotAccepting.DATABASE_READ_ONLY);
        };
    }

    /** Whether a probe is to be sent now. */
    public boolean isProbeDue(Duration now) {
        return !isReachable() && now.compareTo(probeAt) >= 0;
    }

    /** A connection was lost, or the server took no writes. */
    public DatabaseReachability lost(Duration now) {
        return isReachable() ? new DatabaseReachability(State.SUSPECTED, now, now) : this;
    }

    /** A probe is being sent. The next one is due a second later, even if this one is never answered. */
    public DatabaseReachability probing(Duration now) {
        return new DatabaseReachability(state, since, now.plus(BETWEEN_PROBES));
    }

    /** A probe was answered, by a server that takes writes. */
    public DatabaseReachability answered(Duration now) {
        return isReachable() ? this : reachable(now);
    }

    /** A probe failed. */
    public DatabaseReachability failed(Duration now) {
        return found(State.UNREACHABLE, now);
    }

    /** A probe was answered by a server that takes no writes. */
    public DatabaseReachability readOnly(Duration now) {
        return found(State.READ_ONLY, now);
    }

    // The state counts from the first lost connection on.
    private DatabaseReachability found(State other, Duration now) {
        var from = state == other || state == State.SUSPECTED ? since : now;
        return new DatabaseReachability(other, from, probeAt);
    }
}
