package dev.backfleet.common.postgres;

import dev.backfleet.common.error.ServerError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds the table whose trigger raised an error. PostgreSQL names the functions that were running, but not the table: a
 * function may be the trigger of several, and may be called by another.
 */
public final class TriggerLookup {

    // In a context a function is named as regprocedure writes it, but with the search path that it was compiled with.
    private static final String TABLES = """
            select f.place, pg_catalog.format('%I.%I', n.nspname, c.relname) as name, c.oid = ?::pg_catalog.oid as is_own
            from pg_catalog.unnest(?::text[]) with ordinality f (name, place)
            join pg_catalog.pg_proc p on p.pronargs = 0
            join pg_catalog.pg_namespace s on s.oid = p.pronamespace
              and f.name in (p.proname::text, pg_catalog.format('%I()', p.proname), pg_catalog.format('%I.%I()', s.nspname, p.proname))
            join pg_catalog.pg_trigger t on t.tgfoid = p.oid
            join pg_catalog.pg_class c on c.oid = t.tgrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            order by f.place, 3 desc, 2
            limit 100
            """;

    private static final int NAMED = 3;

    private TriggerLookup() {}

    /**
     * The same error with the table whose trigger failed, if there is one: the trigger of the innermost function that is one.
     * The session must be outside of a transaction.
     *
     * @param relation the OID of the table whose rows were changed: of several triggers with one function, its own is meant
     */
    public static ServerError located(Connection connection, ServerError error, long relation) {
        if (error.place().functions().isEmpty()) {
            return error;
        }
        try {
            var tables = tables(connection, error, relation);
            return tables.isEmpty() || tables.size() > NAMED ? error : error.ofTrigger(String.join(" or ", tables));
        } catch (SQLException e) {
            return error; // it is still true, only less is known
        }
    }

    private static Set<String> tables(Connection connection, ServerError error, long relation) throws SQLException {
        try (var statement = connection.prepareStatement(TABLES)) {
            statement.setLong(1, relation);
            statement.setArray(
                    2,
                    connection.createArrayOf("text", error.place().functions().toArray()));
            var tables = new LinkedHashSet<String>();
            try (var rows = statement.executeQuery()) {
                var innermost = 0L;
                while (rows.next() && (tables.isEmpty() || rows.getLong("place") == innermost)) {
                    if (rows.getBoolean("is_own")) {
                        return Set.of(rows.getString("name"));
                    }
                    innermost = rows.getLong("place");
                    tables.add(rows.getString("name"));
                }
            }
            return tables;
        }
    }
}
