package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec.Custom;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.SpecQuery;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that read signals of one job's table, and those that its spec defines. */
final class TableSignals {

    /**
     * The statistics have the number of live rows only after a vacuum or analyze. Before that, after a restore or a reset of the
     * statistics, they count only later changes: then the estimate of the catalog is used, or else the size of the file.
     */
    private static final String DEAD_TUPLES = """
            select 100.0 * coalesce(sum(t.dead), 0)
                   / greatest(1, sum(case when t.counted or t.dead = 0 then t.live
                                          else greatest(t.live, pg_relation_size(t.oid) / current_setting('block_size')::int * t.density)
                                     end))
            from (
              select c.oid, pg_stat_get_dead_tuples(c.oid) as dead,
                     greatest(pg_stat_get_live_tuples(c.oid), c.reltuples::float8) as live,
                     coalesce(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid),
                              pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) is not null as counted,
                     case when c.reltuples > 0 and c.relpages > 0 then c.reltuples::float8 / c.relpages else 80 end as density
              from pg_catalog.pg_class c where c.oid = any(?)
            ) t
            """;

    /** Detected by its lock, which every role can see; the progress view hides the table from some roles. */
    private static final String AUTOVACUUM = """
            select count(distinct l.pid) from pg_catalog.pg_locks l
            join pg_catalog.pg_stat_progress_vacuum v on v.pid = l.pid
            join pg_catalog.pg_stat_activity a on a.pid = l.pid and coalesce(a.backend_type, 'autovacuum worker') = 'autovacuum worker'
            where l.locktype = 'relation' and l.mode = 'ShareUpdateExclusiveLock' and l.granted and l.relation = any(?)
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
            """;

    private static final Map<Signal, String> STATEMENTS =
            Map.of(Signal.DEAD_TUPLES, DEAD_TUPLES, Signal.AUTOVACUUM, AUTOVACUUM);

    private final Connection connection;
    private final SpecQueries queries;
    private final ThrottledJob job;
    private final LockQueue locks;
    private final Ticker ticker;

    TableSignals(Connection connection, SpecQueries queries, ThrottledJob job, LockQueue locks, Ticker ticker) {
        this.connection = connection;
        this.queries = queries;
        this.job = job;
        this.locks = locks;
        this.ticker = ticker;
    }

    /** The signals that concern a table. */
    static Set<Signal> of(Set<Signal> wanted) {
        var some = EnumSet.of(Signal.LOCK_QUEUE, Signal.PROBE_LATENCY);
        some.addAll(STATEMENTS.keySet());
        some.retainAll(wanted);
        return some;
    }

    List<Sample> read(Set<Signal> wanted) {
        var samples = new ArrayList<Sample>();
        for (var signal : of(wanted)) {
            // Without a partition there is no row to read.
            if (signal != Signal.PROBE_LATENCY
                    || job.wanted().probe() != null
                    || !job.relations().isEmpty()) {
                samples.add(sample(signal));
            }
        }
        job.wanted().sql().forEach(own -> samples.add(own(own)));
        return samples;
    }

    private Sample sample(Signal signal) {
        try {
            if (signal == Signal.LOCK_QUEUE) {
                return locks.read(connection, job);
            }
            var sql = STATEMENTS.get(signal);
            return Sample.of(signal, sql == null ? probe() : number(sql));
        } catch (SQLException e) {
            return Sample.unreadable(signal, PostgresHealth.why(e));
        }
    }

    private double number(String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            var relations =
                    job.relations().stream().map(JobDefinition.Table::oid).toArray(Long[]::new);
            statement.setArray(1, connection.createArrayOf("oid", relations));
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getDouble(1);
            }
        }
    }

    private double probe() throws SQLException {
        var wanted = job.wanted().probe();
        var before = new Duration[] {ticker.now()};
        try {
            Runnable begins = () -> before[0] = ticker.now();
            return wanted == null
                    ? ReadOnlyQuery.ask(connection, firstRow(), begins, rows -> seconds(before[0]))
                    : queries.ask(connection, SpecQuery.ofProbe(wanted), begins, rows -> seconds(before[0]));
        } catch (SQLException e) {
            // A timeout is a measurement here, not a failure.
            if (!SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                throw e;
            }
            return seconds(before[0]);
        }
    }

    private double seconds(Duration since) {
        return ticker.now().minus(since).toNanos() / 1e9;
    }

    private String firstRow() {
        var key = job.definition().key().stream()
                .map(column -> Identifier.of(column.name()).quoted())
                .collect(Collectors.joining(", "));
        var leaf = job.relations().get(0);
        return "select " + key + " from only " + leaf.quoted() + " order by " + key + " limit 1";
    }

    private Sample own(Custom own) {
        try {
            return queries.ask(connection, SpecQuery.ofSql(own.query()), () -> {}, row -> {
                row.next();
                var value = row.getObject(1) == null ? null : row.getDouble(1);
                return sample(own, value, value == null ? "the query returns no number" : null);
            });
        } catch (SQLException e) {
            return sample(own, null, PostgresHealth.why(e));
        }
    }

    private static Sample sample(Custom own, @Nullable Double value, @Nullable String note) {
        return new Sample(own.name(), Measure.NUMBER, value, note);
    }
}
