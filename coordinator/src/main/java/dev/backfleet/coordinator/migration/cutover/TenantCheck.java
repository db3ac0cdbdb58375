package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.operation.OperationRefused;

/** Whether a text can be a tenant of a migration's table: what a flag names by mistake is never switched, and holds the cutover up for ever. */
public interface TenantCheck {
    /**
     * Refuses a text that is no value of the tenant's column.
     *
     * @throws OperationRefused INVALID
     */
    void refuseText(Migration migration, String tenant);

    /**
     * The same, and a tenant that surely has no rows and that the flag does not name.
     *
     * @throws OperationRefused INVALID; NOT_FOUND
     */
    void refuseUnknown(Migration migration, FlagState flag, String tenant);
}
