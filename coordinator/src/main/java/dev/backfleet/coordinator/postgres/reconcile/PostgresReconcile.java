package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.reconcile.RepairRows;
import java.util.Optional;

/** What the reconciles of a job have found, for a repair. */
public final class PostgresReconcile implements RepairRows.Passes {
    private final Database database;

    public PostgresReconcile(Database database) {
        this.database = database;
    }

    @Override
    public Optional<RepairRows.Counted> counted(long job) {
        return database.jdbi().withHandle(handle -> new ReconcileStore(handle).counted(job));
    }
}
