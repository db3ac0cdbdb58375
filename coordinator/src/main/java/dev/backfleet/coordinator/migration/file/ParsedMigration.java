package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TableDenied;
import java.util.Optional;
import java.util.function.Function;

/**
 * A migration and the lines of its keys in the file.
 *
 * @param migration the migration
 * @param locations the lines, so that problems that are found later can name them
 */
public record ParsedMigration(Migration migration, SpecLocations locations) {

    /**
     * The table of the migration.
     *
     * @param catalog finds it by the file; nothing if there is none that the role may see
     * @throws SpecException if there is none, or if the role cannot be used for it
     */
    public <T> T table(Function<Migration, Optional<T>> catalog) {
        try {
            return catalog.apply(migration).orElseThrow(this::noTable);
        } catch (TableDenied e) {
            var path = migration.ddl().role().isPresent() ? MigrationKeys.ROLE : MigrationKeys.TABLE;
            var denied = locations.problem(path.path(), e.what(), String.valueOf(e.remedy()));
            denied.initCause(e);
            throw denied;
        }
    }

    private SpecException noTable() {
        return locations.problem(
                MigrationKeys.TABLE.path(),
                "there is no table " + migration.table() + " that this role may see",
                "write its name with its schema, quoted if it has upper case");
    }
}
