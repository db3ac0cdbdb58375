package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Who holds a lock on a table, or waits for one. Requests none itself. */
public final class LockHolderStore {
    // A prepared transaction has no process; it still holds the lock on its own transaction id.
    private static final String HOLDERS = """
            select coalesce(p.gid, l.virtualtransaction) as transaction, l.pid, coalesce(a.usename, p.owner) as username,
                   a.application_name, a.state, l.granted, l.mode, l.relation::regclass::text as relation,
                   l.pid is null as prepared,
                   coalesce(a.backend_type = 'autovacuum worker', false) as autovacuum,
                   coalesce(a.backend_type = 'autovacuum worker' and a.query like '%to prevent wraparound%', false) as wraparound,
                   extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared)) as seconds
            from pg_catalog.pg_locks l
            left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            left join pg_catalog.pg_locks x
              on l.pid is null and x.locktype = 'transactionid' and x.virtualtransaction = l.virtualtransaction and x.granted
            left join pg_catalog.pg_prepared_xacts p on p.transaction = x.transactionid
            where l.locktype = 'relation' and l.pid is distinct from pg_catalog.pg_backend_pid()
              and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
              and l.mode = any (?)
              and (l.relation = pg_catalog.to_regclass(?)
                or l.relation in (select relid from pg_catalog.pg_partition_tree(pg_catalog.to_regclass(?))))
            order by l.granted desc, seconds desc nulls last
            """;

    private LockHolderStore() {}

    /** The transactions of others with a lock, held or requested, that conflicts with one of these; the oldest holders first. */
    public static List<LockHolder> of(Connection connection, List<TableLock> locks) throws SQLException {
        var holders = new ArrayList<LockHolder>();
        try (var statement = connection.prepareStatement(HOLDERS)) {
            for (var lock : locks) {
                var modes = lock.mode().conflicts().stream()
                        .map(LockMode::catalogName)
                        .toArray(String[]::new);
                statement.setArray(1, connection.createArrayOf("text", modes));
                statement.setString(2, lock.table().quoted());
                statement.setString(3, lock.table().quoted());
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        holders.add(holder(rows));
                    }
                }
            }
        }
        return holders;
    }

    private static LockHolder holder(ResultSet row) throws SQLException {
        var pid = row.getInt("pid");
        var seconds = row.getDouble("seconds");
        var age = row.wasNull() ? null : Duration.ofMillis((long) (seconds * 1000));
        return new LockHolder(
                row.getString("transaction"),
                row.getBoolean("prepared") ? null : pid,
                row.getString("username"),
                row.getString("application_name"),
                row.getString("state"),
                kind(row),
                age,
                mode(row.getString("mode")),
                row.getBoolean("granted"),
                row.getString("relation"));
    }

    private static Kind kind(ResultSet row) throws SQLException {
        if (row.getBoolean("prepared")) {
            return Kind.PREPARED;
        }
        if (row.getBoolean("wraparound")) {
            return Kind.WRAPAROUND_VACUUM;
        }
        return row.getBoolean("autovacuum") ? Kind.AUTOVACUUM : Kind.CLIENT;
    }

    private static LockMode mode(String catalogName) {
        return Arrays.stream(LockMode.values())
                .filter(mode -> mode.catalogName().equals(catalogName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a lock of mode " + catalogName));
    }
}
