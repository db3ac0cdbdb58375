package dev.backfleet.worker.report;

import dev.backfleet.common.control.NotAccepting;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a worker can reach its database, and write to it. A lost connection is a suspicion only; a probe decides, and as long as the
 * database is not known to be available the next probe is always due at a certain time. Nothing depends on somebody
 * having work for the database. An immutable value that knows no clock: times are those of the caller's monotonic clock.
 *
 * @param state what is known
 * @param since since when
 * @param probeAt when the next probe is due; without meaning while the database is reachable
 */
public record DatabaseReachability(State state, Duration since, Duration probeAt) {
    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);

    /** What is known of the database. */
    public enum State {
        /** It answered last. */
        REACHABLE,
        /** A connection to it was lost: it is probed at once. */
        SUSPECTED,
        /** A probe failed: it is probed each second. */
        UNREACHABLE,
        /** It answers, but takes no writes: a standby, or a primary that became one. It is probed each second. */
        READ_ONLY
    }

    /** The database has answered. */
    public static DatabaseReachability reachable(Duration now) {
        return new DatabaseReachability(State.REACHABLE, now, now);
    }

    /** Whether it answered last: only then tasks are taken. */
    public boolean isReachable() {
        return state == State.REACHABLE;
    }

    /** Whether it is known to be away or read-only: then nobody but the probe asks it. */
    public boolean isUnreachable() {
        return state == State.UNREACHABLE || state == State.READ_ONLY;
    }

    /** Why no tasks are accepted; nothing if they are, or if that is not known yet. */
    public Optional<NotAccepting> why() {
        return switch (state) {
            case REACHABLE, SUSPECTED -> Optional.empty();
            case UNREACHABLE -> Optional.of(NotAccepting.DATABASE_UNREACHABLE);
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

    /** A probe is being sent. The next one is due a second later, whatever becomes of this one. */
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

    // It counts as such from the first suspicion on.
    private DatabaseReachability found(State other, Duration now) {
        var from = state == other || state == State.SUSPECTED ? since : now;
        return new DatabaseReachability(other, from, probeAt);
    }
}
