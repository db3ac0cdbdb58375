package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Migration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of a sync.
 *
 * @param name its name, with its schema
 * @param columns its columns, and those of the new shape
 * @param defaults the defaults of columns of both shapes, as PostgreSQL shows them; not those that are different with each call
 * @param composite the columns of both shapes whose type is a composite one, or a domain over one
 * @param settings those of the function, on which the values of the expressions may depend
 */
public record SyncTable(
        TableName name,
        List<Identifier> columns,
        Map<Identifier, String> defaults,
        Set<Identifier> composite,
        Map<String, String> settings) {
    public SyncTable {
        defaults = Map.copyOf(defaults);
        composite = Set.copyOf(composite);
        columns = List.copyOf(columns);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** The names of a migration's sync on it. */
    public SyncNames names(Migration migration) {
        return new SyncNames(migration.name(), name);
    }
}
