package dev.backfleet.coordinator.lead;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The leader lease; its failures and successes show when an outage of the database is over. Connections that were open before
 * the outage may be dead, and each would be noticed only by a timeout: they are closed then.
 */
public final class OutageLease implements Leadership.Lease {
    private final Leadership.Lease lease;
    private final Runnable over;
    private int failures;

    /**
     * @param over is called at the first success after more than one failure
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
        // A single failure is no outage: an administrator may have ended the session.
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
