package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.NearestName;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The names of the tables of the database, for a name that was mistyped. */
final class TableNameStore {
    private static final String TABLES = """
            select n.nspname as schema, c.relname as name, pg_table_is_visible(c.oid) as visible
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition
              and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'backfleet') and n.nspname !~ '^pg_temp_'
            order by pg_table_is_visible(c.oid) desc, n.nspname, c.relname
            limit 10000
            """;

    private final Handle handle;

    TableNameStore(Handle handle) {
        this.handle = handle;
    }

    /** The table that was probably meant: the same name in another schema, in another case, or a similar one. */
    Optional<TableName> nearest(TableName written) {
        var tables = tables();
        var name = written.name().name();
        return tables.keySet().stream()
                .filter(known -> known.equalsIgnoreCase(name))
                .min(Comparator.comparing(known -> known.equals(name) ? 0 : 1))
                .or(() -> NearestName.of(name, tables.keySet()))
                .map(tables::get);
    }

    // By the bare name; of several tables with one name, the one that the search path finds.
    private Map<String, TableName> tables() {
        var tables = new LinkedHashMap<String, TableName>();
        handle.createQuery(TABLES)
                .map((row, context) -> {
                    var name = Identifier.of(row.getString("name"));
                    return row.getBoolean("visible")
                            ? new TableName(Optional.empty(), name)
                            : TableName.of(Identifier.of(row.getString("schema")), name);
                })
                .forEach(table -> tables.putIfAbsent(table.name().name(), table));
        return tables;
    }
}
