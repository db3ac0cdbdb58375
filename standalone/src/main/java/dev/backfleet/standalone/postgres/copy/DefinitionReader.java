package dev.backfleet.standalone.postgres.copy;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.standalone.postgres.copy.Definition.Made;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Reads the definition of a table from the catalog: its columns, types, partitions, keys, indexes, triggers, their functions, and
 * the tables that these name. Reads no row.
 */
public final class DefinitionReader {
    private static final String TABLE = """
            select to_regclass(:name)::oid::bigint as oid where to_regclass(:name) is not null
            """;

    // A generated column cannot be given.
    private static final String COLUMNS = """
            select attname from pg_attribute
            where attrelid = to_regclass(:name) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
            """;

    private final Database database;

    public DefinitionReader(Database database) {
        this.database = database;
    }

    /**
     * The definition.
     *
     * @param names the names in the expressions of the job: functions and tables among them belong to it
     * @return nothing if there is no such table
     */
    public Optional<Definition> read(TableName table, Set<String> names) {
        return database.jdbi().inTransaction(handle -> {
            // Names are written with their schema then.
            handle.execute("set local search_path = pg_catalog, pg_temp");
            return handle.createQuery(TABLE)
                    .bind("name", qualified(table))
                    .mapTo(Long.class)
                    .findOne()
                    .map(oid -> read(handle, oid, names));
        });
    }

    /** The names of the table's columns that a row can be given with, in order; empty if there is no such table. */
    public List<String> columns(TableName table) {
        return database.jdbi().withHandle(handle -> handle.createQuery(COLUMNS)
                .bind("name", qualified(table))
                .mapTo(String.class)
                .list());
    }

    private static String qualified(TableName table) {
        return table.schema().map(schema -> schema.quoted()).orElse("public") + "."
                + table.name().quoted();
    }

    private static Definition read(Handle handle, long table, Set<String> names) {
        var objects = new ArrayList<Made>();
        for (var statement : DefinitionStatements.ALL) {
            objects.addAll(rows(handle, statement, table, names).stream()
                    .map(row -> new Made(row.what, row.sql, row.needed))
                    .toList());
        }
        var left = rows(handle, DefinitionStatements.LEFT, table, names).stream()
                .map(row -> row.what)
                .toList();
        return new Definition(objects, left);
    }

    private static List<Row> rows(Handle handle, String statement, long table, Set<String> names) {
        return handle.createQuery(DefinitionStatements.RELATED + statement)
                .bind("table", table)
                .bindArray("names", String.class, names.toArray())
                .map((row, context) -> new Row(row.getString("what"), row.getString("sql"), row.getBoolean("needed")))
                .list();
    }

    private record Row(String what, String sql, boolean needed) {}
}
