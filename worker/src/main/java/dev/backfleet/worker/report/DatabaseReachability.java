package dev.backfleet.worker.report;

import java.time.Duration;

/**
 * Whether a worker can reach its database. A lost connection is a suspicion only; a probe decides, and as long as the
 * database is not known to be reachable the next probe is always due at a certain time. Nothing depends on somebody
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
        UNREACHABLE
    }

    /** The database has answered. */
    public static DatabaseReachability reachable(Duration now) {
        return new DatabaseReachability(State.REACHABLE, now, now);
    }

    /** Whether it answered last: only then tasks are taken. */
    public boolean isReachable() {
        return state == State.REACHABLE;
    }

    /** Whether it is known to be away: then nobody but the probe asks it. */
    public boolean isUnreachable() {
        return state == State.UNREACHABLE;
    }

    /** Whether a probe is to be sent now. */
    public boolean isProbeDue(Duration now) {
        return !isReachable() && now.compareTo(probeAt) >= 0;
    }

    /** A connection was lost. */
    public DatabaseReachability lost(Duration now) {
        return isReachable() ? new DatabaseReachability(State.SUSPECTED, now, now) : this;
    }

    /** A probe is being sent. The next one is due a second later, whatever becomes of this one. */
    public DatabaseReachability probing(Duration now) {
        return new DatabaseReachability(state, since, now.plus(BETWEEN_PROBES));
    }

    /** A probe was answered. */
    public DatabaseReachability answered(Duration now) {
        return isReachable() ? this : reachable(now);
    }

    /** A probe failed. */
    public DatabaseReachability failed(Duration now) {
        // It counts as away from the first lost connection on.
        return new DatabaseReachability(State.UNREACHABLE, isReachable() ? now : since, probeAt);
    }
}
