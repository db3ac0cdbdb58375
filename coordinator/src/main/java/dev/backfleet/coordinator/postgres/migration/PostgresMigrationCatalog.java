package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TableDenied;
import dev.backfleet.coordinator.migration.step.MigrationCatalog;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.migration.trial.CopySyncTrial;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.postgresql.util.PSQLException;

/** Reads the facts about the table of a migration, as the role that is to change it. */
public final class PostgresMigrationCatalog implements MigrationCatalog {
    private final Database database;

    public PostgresMigrationCatalog(Database database) {
        this.database = database;
    }

    /**
     * The same.
     *
     * @throws TableDenied if the role in the file cannot be used, or may not read the table
     */
    @Override
    public Optional<TableShape> shape(Migration migration) {
        var found = shapeWithoutCopies(migration);
        if (migration.copy().isEmpty()) {
            return found;
        }
        var trial = new CopySyncTrial(database, new PostgresCatalog(database), new PostgresMigrationLook(database));
        return found.map(table -> trial.tried(migration, table));
    }

    /**
     * The same without the sync to another table: enough to take the steps of a migration back, whatever has become of that table.
     *
     * @throws TableDenied as of {@link #shape}
     */
    public Optional<TableShape> shapeWithoutCopies(Migration migration) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read write");
            try {
                return shape(handle, migration);
            } finally {
                handle.execute("rollback");
            }
        });
    }

    private static Optional<TableShape> shape(Handle handle, Migration migration) {
        var role = migration.ddl().role();
        var isSet = role.isEmpty();
        try {
            role.ifPresent(name -> handle.execute("set local role " + name.escaped()));
            isSet = true;
            return new TableShapeStore(handle).find(migration);
        } catch (JdbiException e) {
            throw explained(e, isSet, role, migration);
        }
    }

    private static RuntimeException explained(
            JdbiException failure, boolean isSet, Optional<Identifier> role, Migration migration) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException refused
                    && refused.getServerErrorMessage() != null
                    && (!isSet || SqlStateCodes.NO_PERMISSION.equals(refused.getSQLState()))) {
                return new TableDenied(
                        role.map(name -> "the role " + name).orElse("the connected role")
                                + " cannot be used for the table "
                                + migration.table() + ": "
                                + refused.getServerErrorMessage().getMessage(),
                        "write one that owns the table as ddl: { role: … }, and connect as one of its members",
                        failure);
            }
        }
        return failure;
    }
}
