package dev.backfleet.coordinator.migration;

import java.time.Duration;

/**
 * What must be so before the old columns go, and how they do.
 *
 * @param soak how long all tenants must have read the new shape
 * @param clean for how long the reconcile has found no wrong row, no writer of the old shape alone was seen, and no statement that names an
 *     old column was counted
 * @param rename whether the columns are renamed before they are dropped
 * @param keep how long they are kept under their new names
 */
public record ContractRules(Duration soak, Duration clean, boolean rename, Duration keep) {
    /** Unless the file says otherwise. */
    public static final ContractRules USUAL =
            new ContractRules(Duration.ofDays(14), Duration.ofDays(7), true, Duration.ofDays(14));
}
