package dev.backfleet.coordinator.migration.step;

import dev.backfleet.coordinator.migration.Migration;
import java.util.Optional;

/** Reads what the steps of a migration depend on. */
public interface MigrationCatalog {

    /**
     * The facts about a migration's table, and what PostgreSQL makes of the migration's definitions: it tries them on an empty table of
     * the same columns, in a transaction that is rolled back. Nothing if there is no such table.
     */
    Optional<TableShape> shape(Migration migration);
}
