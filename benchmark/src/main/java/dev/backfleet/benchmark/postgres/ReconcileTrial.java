package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.report.ReconcileTime;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;

/** Compares a reconcile by the fleet with a sequential scan that computes the same, by two sessions too. */
public final class ReconcileTrial {
    private static final Duration LOOK = Duration.ofMillis(50);

    private static final String CHECKED = "compared";

    private static final String PAGES = "select pg_relation_size('customers') / current_setting('block_size')::integer";

    private static final String SCAN = """
            select count(*) from customers
            where ctid >= '(%d,0)' and ctid < '(%d,0)'
              and (first_name is distinct from split_part(full_name, ' ', 1)
                   or last_name is distinct from substr(full_name, strpos(full_name, ' ') + 1))
            """;

    private static final String TIME = """
            select extract(epoch from (select max(last_batch_at) from backfleet.shard where job_id = j.id) - started_at)::float8
            from backfleet.job j where id = %d and state = 'SUCCEEDED'
            """;

    private static final String WRONG =
            "select missing + different + failed from backfleet.reconcile_verdict where job_id = %d";

    private final String url;
    private final Sleeper sleeper;
    private final Ticker ticker = Ticker.system();

    public ReconcileTrial(String url, Sleeper sleeper) {
        this.url = url;
        this.sleeper = sleeper;
    }

    /** Fills the new columns, spoils some rows, and lets a job run that finds nothing to do. */
    public void prepare(int wrong) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var database = FleetRun.database(url)) {
            sql.run("update customers set " + Customers.ASSIGNMENTS);
            sql.run("vacuum (full, analyze) customers");
            awaitEnd(sql, FleetRun.submit(database, FleetRun.spec(CHECKED, "where: first_name is null")));
            sql.run("update customers set last_name = 'x' where id in (select i * 97 from generate_series(1, " + wrong
                    + ") i)");
            sql.run("vacuum (analyze) customers");
            sql.run("checkpoint");
        }
    }

    /** Measures both, the scan first or last. */
    public ReconcileTime measure(int round, int wrong) throws Exception {
        if (round % 2 == 0) {
            var scan = scan(wrong);
            return new ReconcileTime(round, scan, reconcile(wrong));
        }
        var reconcile = reconcile(wrong);
        return new ReconcileTime(round, scan(wrong), reconcile);
    }

    private double scan(int wrong) throws Exception {
        var sessions = Executors.newFixedThreadPool(2);
        try (var sql = Sql.connect(url)) {
            var pages = sql.number(PAGES);
            var start = ticker.now();
            var lower = sessions.submit(() -> part(0, pages / 2));
            var upper = sessions.submit(() -> part(pages / 2, pages));
            var found = lower.get() + upper.get();
            var seconds = ticker.now().minus(start).toNanos() / 1e9;
            require(found, wrong);
            return seconds;
        } finally {
            sessions.shutdown();
        }
    }

    private long part(long from, long to) throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("set max_parallel_workers_per_gather = 0");
            sql.run("set jit = off");
            return sql.number(SCAN.formatted(from, to));
        }
    }

    private double reconcile(int wrong) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var database = FleetRun.database(url)) {
            var job = CheckedCustomers.reconcile(database, CHECKED, OptionalLong.empty());
            awaitEnd(sql, job);
            require(sql.number(WRONG.formatted(job)), wrong);
            return sql.row(TIME.formatted(job), row -> row.getDouble(1));
        }
    }

    private void awaitEnd(Sql sql, long job) throws SQLException, InterruptedException {
        while (sql.number("select count(*) from backfleet.job where state = 'SUCCEEDED' and id = " + job) == 0) {
            sleeper.sleep(LOOK);
        }
    }

    // A measurement of something that finds other rows is invalid.
    private static void require(long found, int wrong) {
        if (found != wrong) {
            throw new IllegalStateException("found " + found + " wrong rows, and there are " + wrong);
        }
    }
}
