package dev.backfleet.coordinator.forecast;

import dev.backfleet.common.spec.Limits;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How fast a job may go.
 *
 * @param slots how many batches it runs at the same time
 * @param batchDuration how long a batch is to take
 * @param batchMaxRows the most rows of a batch
 * @param rowsPerSecond rows that it may change per second; no limit if empty
 * @param walBytesPerSecond bytes of WAL that it may write per second; no limit if empty
 */
public record JobPace(
        int slots,
        Duration batchDuration,
        int batchMaxRows,
        OptionalLong rowsPerSecond,
        OptionalLong walBytesPerSecond) {

    /**
     * As a spec limits it, on a fleet.
     *
     * @param fleetSlots the slots of the workers that are alive; 0: none is, and the spec's concurrency is assumed
     */
    public static JobPace of(Limits limits, int fleetSlots) {
        var slots = fleetSlots == 0 ? limits.concurrency() : Math.min(limits.concurrency(), fleetSlots);
        return new JobPace(
                slots,
                limits.batchDuration(),
                limits.batchMaxRows(),
                limits.rowsPerSecond(),
                limits.walBytesPerSecond());
    }
}
