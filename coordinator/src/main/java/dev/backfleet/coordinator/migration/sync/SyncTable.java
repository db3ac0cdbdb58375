package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Migration;
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
 * @param immutable whether PostgreSQL accepts all expressions as immutable, so that their values depend on no setting
 */
public record SyncTable(
        TableName name,
        List<Identifier> columns,
        Map<Identifier, String> defaults,
        Set<Identifier> composite,
        boolean immutable) {
    public SyncTable {
        defaults = Map.copyOf(defaults);
        composite = Set.copyOf(composite);
        columns = List.copyOf(columns);
    }

    /** The names of a migration's sync on it. */
    public SyncNames names(Migration migration) {
        return new SyncNames(migration.name(), name);
    }

    // As in the sessions of workers: the values must not depend on the session that writes the row.
    Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("search_path", SessionSettings.SEARCH_PATH);
        (immutable ? SessionSettings.PARSING : SessionSettings.EXPRESSIONS)
                .forEach(name -> settings.put(name, SyncNames.literal(SessionSettings.pinned(name))));
        return settings;
    }
}
