package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.MigrationCatalog;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.util.Optional;

/** Reads the facts about the table of a migration, as the role that is to change it. */
public final class PostgresMigrationCatalog implements MigrationCatalog {
    private final Database database;

    public PostgresMigrationCatalog(Database database) {
        this.database = database;
    }

    @Override
    public Optional<TableShape> shape(Migration migration) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read write");
            try {
                migration.ddl().role().ifPresent(role -> handle.execute("set local role " + role.escaped()));
                return new TableShapeStore(handle).find(migration);
            } finally {
                handle.execute("rollback");
            }
        });
    }
}
