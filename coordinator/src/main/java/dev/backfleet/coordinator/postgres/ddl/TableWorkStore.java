package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.coordinator.ddl.TableWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statement that reads what sessions do to the definition of a table and its partitions. Source: {@code pg_locks},
 * {@code pg_stat_progress_create_index}, {@code pg_stat_activity} and {@code pg_blocking_pids}; locks nothing.
 */
public final class TableWorkStore {
    // A session that may not see what another one does still sees its locks, and that it builds an index. There is no
    // view with the progress of VALIDATE CONSTRAINT and DROP INDEX.
    private static final String WORK = """
            select distinct on (l.pid) l.pid, a.usename, a.application_name, l.relation::regclass::text as relation,
                   case when p.pid is not null then p.phase when d.drops then 'dropping an index'
                        else 'validating a constraint: reads the table' end as what,
                   case when p.blocks_total > 0 then round(100.0 * p.blocks_done / p.blocks_total)
                        when p.tuples_total > 0 then round(100.0 * p.tuples_done / p.tuples_total) end::int as percent,
                   b.pid as waits_for, w.usename as waits_user, w.application_name as waits_application,
                   extract(epoch from clock_timestamp() - a.query_start) as seconds
            from pg_catalog.pg_locks l
            left join pg_catalog.pg_stat_progress_create_index p on p.pid = l.pid
            left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            cross join lateral (
              select p.pid is null and a.state = 'active' and a.query ~* '\\ydrop\\s+index\\s+concurrently\\y' as drops) d
            cross join lateral (
              select nullif(case when d.drops then (pg_catalog.pg_blocking_pids(l.pid))[1] else p.current_locker_pid end, 0) as pid) b
            left join pg_catalog.pg_stat_activity w on w.pid = b.pid
            where l.locktype = 'relation' and l.granted and l.mode = 'ShareUpdateExclusiveLock' and l.pid <> pg_catalog.pg_backend_pid()
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
              and (l.relation = ?::oid or l.relation in (select t.relid from pg_catalog.pg_partition_tree(?::oid::regclass) t))
              and (p.pid is not null or d.drops or a.state = 'active' and a.query ~* '\\yvalidate\\s+constraint\\y')
            order by l.pid
            """;

    private static final String OID = "select pg_catalog.to_regclass(?)::oid::bigint";

    private TableWorkStore() {}

    /** Of a table by its OID, and of its partitions; nothing if there is no such table. */
    public static List<TableWork> of(Connection connection, long table) throws SQLException {
        var work = new ArrayList<TableWork>();
        try (var query = connection.prepareStatement(WORK)) {
            query.setLong(1, table);
            query.setLong(2, table);
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    work.add(work(rows));
                }
            }
        }
        return work;
    }

    /** The same of a table by its name with its schema, quoted. */
    public static List<TableWork> of(Connection connection, String table) throws SQLException {
        try (var query = connection.prepareStatement(OID)) {
            query.setString(1, table);
            try (var row = query.executeQuery()) {
                row.next();
                return of(connection, row.getLong(1));
            }
        }
    }

    private static TableWork work(ResultSet row) throws SQLException {
        var seconds = row.getDouble("seconds");
        var running = row.wasNull() ? null : (Long) (long) seconds;
        return new TableWork(
                row.getInt("pid"),
                row.getString("usename"),
                row.getString("application_name"),
                row.getString("relation"),
                row.getString("what"),
                row.getObject("percent", Integer.class),
                waitsFor(row),
                running);
    }

    private static @Nullable String waitsFor(ResultSet row) throws SQLException {
        var pid = row.getString("waits_for");
        if (pid == null) {
            return null;
        }
        var user = row.getString("waits_user");
        var application = row.getString("waits_application");
        return "pid " + pid + (user == null ? "" : ", user " + user)
                + (application == null || application.isEmpty() ? "" : ", application " + application);
    }
}
