package dev.backfleet.coordinator.lead;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The leader's lease, whose failures and successes tell when an outage of the database is over: connections that were open
 * before it may be dead, and each would have to be found out by waiting for it.
 */
public final class OutageLease implements Leadership.Lease {
    private final Leadership.Lease lease;
    private final Runnable over;
    private int failures;

    /**
     * Wraps a lease.
     *
     * @param over is told with the first answer after more than one failure
     */
    public OutageLease(Leadership.Lease lease, Runnable over) {
        this.lease = lease;
        this.over = over;
    }

    @Override
    public OptionalLong takeOrRenew(Duration length) {
        OptionalLong epoch;
        try {
            epoch = lease.takeOrRenew(length);
        } catch (RuntimeException | Error e) {
            failures++;
            throw e;
        }
        // A single failure is no outage: somebody may have ended the session.
        if (failures > 1) {
            over.run();
        }
        failures = 0;
        return epoch;
    }

    @Override
    public void giveBack() {
        lease.giveBack();
    }
}
