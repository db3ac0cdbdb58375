package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The rights of the role that runs the queries of specs: it reads what was granted to it, and has no other right. */
public final class QueryRole {

    // What would let a query do more than read, if its transaction were not READ ONLY, or read more than was granted.
    private static final String EXCESS = """
            select r.rolname, concat_ws(', ',
              case when r.rolsuper then 'is a superuser' end,
              case when r.rolcreaterole or r.rolcreatedb then 'may create roles or databases' end,
              case when r.rolreplication then 'may replicate' end,
              case when r.rolbypassrls then 'bypasses row security' end,
              case when exists (select from pg_catalog.pg_namespace n
                                where n.nspname = 'backfleet' and pg_catalog.pg_has_role(r.oid, n.nspowner, 'member'))
                   then 'is, or is a member of, the role that owns the control schema' end,
              (select 'is a member of ' || string_agg(p.rolname, ', ' order by p.rolname) from pg_catalog.pg_roles p
               where not r.rolsuper and pg_catalog.pg_has_role(r.oid, p.oid, 'member')
                 and p.rolname in ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files',
                                   'pg_signal_backend', 'pg_checkpoint', 'pg_maintain', 'pg_create_subscription')
               having count(*) > 0),
              case when pg_catalog.has_database_privilege(current_database(), 'create') then 'may create schemas' end,
              (select 'may create objects in the schema ' || string_agg(n.nspname, ', ' order by n.nspname)
               from pg_catalog.pg_namespace n
               where pg_catalog.has_schema_privilege(n.oid, 'create') and not pg_catalog.pg_is_other_temp_schema(n.oid)
                 and n.oid <> pg_catalog.pg_my_temp_schema()
               having count(*) > 0),
              (select 'may change rows of ' || min(c.oid::regclass::text) || case when count(*) > 1 then ' and others' else '' end
               from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
                 and n.nspname !~ '^pg_(toast|temp)'
                 and (pg_catalog.has_table_privilege(c.oid, 'delete, truncate, trigger, references')
                      or pg_catalog.has_any_column_privilege(c.oid, 'insert, update'))
               having count(*) > 0))
            from pg_catalog.pg_roles r where r.rolname = session_user
            """;

    private static final String WITH_QUERIES = """
            select j.name from backfleet.job j join backfleet.throttle t on t.job_id = j.id
            where j.finished_at is null and (t.wanted -> 'sql' <> '[]' or t.wanted ->> 'probe' is not null) order by j.id
            """;

    private QueryRole() {}

    /** The names of the unfinished jobs whose specs have queries. */
    public static List<String> jobsWithQueries(Database database) {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(WITH_QUERIES).mapTo(String.class).list());
    }

    /** What the role of a connection may do beside reading, as {@link #excess(Connection)}. */
    public static String excess(Database database) {
        return database.read(QueryRole::excess);
    }

    /**
     * Checks the role of a session.
     *
     * @throws SQLException if it may do more than read, or cannot be asked
     */
    static void require(Connection session) throws SQLException {
        var excess = excess(session);
        if (!excess.isEmpty()) {
            throw new SQLException(excess);
        }
    }

    /** What the role of a session may do beside reading, as a clause about it; empty: nothing. */
    static String excess(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery(EXCESS)) {
            row.next();
            var excess = row.getString(2);
            return excess.isEmpty()
                    ? ""
                    : "the role " + row.getString(1) + " of BACKFLEET_THROTTLE_DATABASE_USER may do more than read: it "
                            + excess;
        }
    }
}
