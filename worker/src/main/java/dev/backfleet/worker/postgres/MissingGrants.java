package dev.backfleet.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Finds out what the session's role lacks on the table whose rows it changes. The server's message does not say whether it is
 * SELECT or UPDATE, and is in the server's language.
 */
final class MissingGrants {

    // A role may have privileges on some columns only: if it has any, those on the whole table contain what is missing.
    private static final String STATEMENTS = """
            with lacks as (
              select pg_catalog.format('%I', n.nspname) as schema, pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
                pg_catalog.has_schema_privilege(n.oid, 'usage') as uses,
                pg_catalog.has_any_column_privilege(c.oid, 'select') as reads,
                pg_catalog.has_any_column_privilege(c.oid, 'update') as writes,
                pg_catalog.has_table_privilege(c.oid, 'select') as reads_all,
                pg_catalog.has_table_privilege(c.oid, 'update') as writes_all
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where c.oid = ?::pg_catalog.oid
            )
            select pg_catalog.concat_ws('; ',
              case when not uses then pg_catalog.format('grant usage on schema %s to %I', schema, current_user) end,
              case when not (reads_all and writes_all) then pg_catalog.format('grant %s on %s to %I',
                case when reads and writes then
                    pg_catalog.concat_ws(', ', case when not reads_all then 'select' end, case when not writes_all then 'update' end)
                  else pg_catalog.concat_ws(', ', case when not reads then 'select' end, case when not writes then 'update' end) end,
                name, current_user) end)
            from lacks
            """;

    private MissingGrants() {}

    /**
     * The statements that grant it; nothing if it lacks nothing on that table, or this cannot be asked. The session must be outside
     * of a transaction.
     *
     * @param relation the table's OID
     */
    static Optional<String> on(Connection connection, long relation) {
        try (var statement = connection.prepareStatement(STATEMENTS)) {
            statement.setLong(1, relation);
            try (var rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.ofNullable(rows.getString(1)).filter(text -> !text.isEmpty())
                        : Optional.empty();
            }
        } catch (SQLException e) {
            return Optional.empty(); // the denial is still true, only less is known
        }
    }
}
