package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.coordinator.migration.Migration;

/**
 * A migration and the lines of its keys in the file.
 *
 * @param migration the migration
 * @param locations the lines, so that problems that are found later can name them
 */
public record ParsedMigration(Migration migration, SpecLocations locations) {

    /** That the database has no such table, ready to throw. */
    public SpecException noTable() {
        return locations.problem(
                MigrationKeys.TABLE.path(),
                "there is no table " + migration.table() + " that this role may see",
                "write its name with its schema, quoted if it has upper case");
    }
}
