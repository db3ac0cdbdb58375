package dev.backfleet.coordinator.ddl;

import java.time.Duration;

/**
 * The limits within which a change of a table's definition waits for its locks.
 *
 * @param request the longest that one request for a lock may hold the application up
 * @param hold the longest that a statement may run while it holds such a lock
 * @param giveUp how long it is tried
 * @param deadlockTimeout the server's {@code deadlock_timeout}: only a request that waits for longer sends autovacuum away
 */
public record LockLimits(Duration request, Duration hold, Duration giveUp, Duration deadlockTimeout) {

    /** With the server's deadlock timeout. */
    public LockLimits with(Duration serversDeadlockTimeout) {
        return new LockLimits(request, hold, giveUp, serversDeadlockTimeout);
    }
}
