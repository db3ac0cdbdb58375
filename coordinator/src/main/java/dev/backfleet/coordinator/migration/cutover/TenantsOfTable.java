package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;
import java.util.function.BiFunction;

/** Asks the table. Where it gives no answer at once, nothing is refused: a rollback must not wait for a locked table. */
public final class TenantsOfTable implements TenantCheck {
    private final BiFunction<Migration, String, Optional<TenantValue>> values;

    /**
     * The check.
     *
     * @param values what the table says of a tenant; nothing: it is not known, or the file names no column of tenants
     */
    public TenantsOfTable(BiFunction<Migration, String, Optional<TenantValue>> values) {
        this.values = values;
    }

    @Override
    public void refuseText(Migration migration, String tenant) {
        values.apply(migration, tenant).ifPresent(TenantsOfTable::refuseText);
    }

    @Override
    public void refuseUnknown(Migration migration, FlagState flag, String tenant) {
        // Its rows may have gone since it was named: it can still be switched, and so no longer be in the way.
        if (flag.on() && flag.tenants().containsKey(tenant)) {
            return;
        }
        values.apply(migration, tenant).ifPresent(value -> {
            refuseText(value);
            if (value.rows() == TenantValue.Rows.NONE) {
                throw new OperationRefused(
                        Code.NOT_FOUND,
                        "no row of " + migration.table() + " has the tenant " + value.shown(),
                        "check the name; 'backfleet migration status " + migration.name()
                                + "' shows those that are named already");
            }
        });
    }

    private static void refuseText(TenantValue value) {
        value.problem().ifPresent(problem -> {
            throw new OperationRefused(Code.INVALID, problem, value.remedy());
        });
    }
}
