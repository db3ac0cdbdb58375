package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The signal of locks on a job's table that conflict with the lock of a batch: for how long a session has held one, or has
 * waited for one, with the session in words. PostgreSQL does not say since when a lock is held, so it is counted from the
 * first look at which it was.
 */
final class LockQueue {

    // Sessions of the fleet that hold such a lock are at most at work for a moment.
    private static final String LOCKS = """
            select l.granted, l.pid, coalesce(a.usename::text, p.owner::text) as who,
                   coalesce(a.application_name, p.gid) as application, a.state, l.mode, l.relation::bigint as relation,
                   l.virtualtransaction || ' ' || l.relation || ' ' || l.mode as key,
                   extract(epoch from clock_timestamp() - %s) as waited
            from pg_catalog.pg_locks l
            left join pg_catalog.pg_stat_activity a on a.pid = l.pid
            left join pg_catalog.pg_prepared_xacts p on l.pid is null and l.virtualtransaction = '-1/' || p.transaction::text
            where l.locktype = 'relation' and l.relation = any(?)
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
              and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              and not (l.granted and starts_with(coalesce(a.application_name, ''), 'backfleet'))
            """.formatted(ServerSignals.WAITS_SINCE);

    // pg_blocking_pids locks the lock tables for a moment: it is called for one session only.
    private static final String BEFORE = """
            select a.pid, a.usename::text as who, a.application_name as application, a.state
            from unnest(pg_catalog.pg_blocking_pids(?)) b (pid) join pg_catalog.pg_stat_activity a on a.pid = b.pid
            order by a.xact_start limit 1
            """;

    private final Ticker ticker;
    private final Map<Long, Map<String, Duration>> held = new HashMap<>();

    LockQueue(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The longest of these times; zero if there is no such lock. */
    Sample read(Connection connection, ThrottledJob job) throws SQLException {
        var found = locks(connection, job);
        var worst = found.stream().max(Comparator.comparing(Found::granted).thenComparing(Found::seconds));
        if (worst.isEmpty()) {
            return Sample.of(Signal.LOCK_QUEUE, 0);
        }
        var seconds = found.stream().mapToDouble(Found::seconds).max().orElse(0);
        var words = worst.get().words() + (worst.get().granted ? "" : before(connection, worst.get()));
        return new Sample(Signal.LOCK_QUEUE.key(), Signal.LOCK_QUEUE.measure(), seconds, words);
    }

    private List<Found> locks(Connection connection, ThrottledJob job) throws SQLException {
        var tables = new HashMap<Long, String>();
        for (var table : job.relations()) {
            tables.put(table.oid(), name(table));
        }
        try (var statement = connection.prepareStatement(LOCKS)) {
            statement.setArray(
                    1, connection.createArrayOf("oid", tables.keySet().toArray()));
            try (var row = statement.executeQuery()) {
                var before = held.getOrDefault(job.id(), Map.of());
                var now = new HashMap<String, Duration>();
                var found = new ArrayList<Found>();
                while (row.next()) {
                    found.add(found(row, tables, before, now));
                }
                if (now.isEmpty()) {
                    held.remove(job.id());
                } else {
                    held.put(job.id(), now);
                }
                return found;
            }
        }
    }

    private Found found(
            ResultSet row, Map<Long, String> tables, Map<String, Duration> before, Map<String, Duration> now)
            throws SQLException {
        var granted = row.getBoolean("granted");
        var seconds = row.getDouble("waited");
        if (granted) {
            var key = row.getString("key");
            var first = before.getOrDefault(key, ticker.now());
            now.put(key, first);
            seconds = ticker.now().minus(first).toNanos() / 1e9;
        }
        var table = tables.get(row.getLong("relation"));
        return new Found(granted, blocker(row, row.getString("mode"), String.valueOf(table)), Math.max(0.001, seconds));
    }

    private static Blocker blocker(ResultSet row, String mode, String table) throws SQLException {
        return new Blocker(
                row.getObject("pid", Integer.class),
                row.getString("who"),
                row.getString("application"),
                row.getString("state"),
                null,
                mode,
                table);
    }

    private static String before(Connection connection, Found waiting) throws SQLException {
        return first(connection, waiting.blocker.pid())
                .map(blocker -> ", behind " + blocker.holder())
                .orElse("");
    }

    private static Optional<Blocker> first(Connection connection, @Nullable Integer pid) throws SQLException {
        if (pid == null) {
            return Optional.empty();
        }
        try (var statement = connection.prepareStatement(BEFORE)) {
            statement.setInt(1, pid);
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(blocker(row, "", "")) : Optional.empty();
            }
        }
    }

    private static String name(JobDefinition.Table table) {
        return TableName.of(Identifier.of(table.schema()), Identifier.of(table.name()))
                .toString();
    }

    private record Found(boolean granted, Blocker blocker, double seconds) {

        String words() {
            var lock = Blocker.mode(blocker.lock()) + " on " + blocker.table();
            var time = HumanText.elapsed(Duration.ofMillis(Math.round(seconds * 1000)));
            return granted
                    ? blocker.holder() + " holds " + lock + " for " + time
                    : blocker.holder() + " waits for " + lock + " for " + time;
        }
    }
}
