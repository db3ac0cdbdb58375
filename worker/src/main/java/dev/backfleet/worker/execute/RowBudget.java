package dev.backfleet.worker.execute;

import java.time.Duration;
import java.util.OptionalDouble;

/** One slot's share of the job's rows per second. */
public interface RowBudget {

    /**
     * Pays for rows that were changed.
     *
     * @param rows how many
     * @param rowsPerSecond what the slot may change; empty: no limit
     * @return how long the slot has to rest before it changes more
     */
    Duration pay(long rows, OptionalDouble rowsPerSecond);
}
