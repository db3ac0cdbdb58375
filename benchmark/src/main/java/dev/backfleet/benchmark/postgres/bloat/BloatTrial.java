package dev.backfleet.benchmark.postgres.bloat;

import dev.backfleet.benchmark.bloat.BloatRun;
import dev.backfleet.benchmark.bloat.BloatWay;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.Sql;
import dev.backfleet.benchmark.postgres.WalMeter;
import dev.backfleet.common.clock.Sleeper;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Changes the table in each way, and measures what is left behind. */
public final class BloatTrial {
    /** The most indexes that the table has beside its key's. */
    public static final int MOST_INDEXES = 4;

    private static final int SESSIONS = 2;

    private static final String ONE_UPDATE = "update wide set n = n + 1";

    private static final String RANGE_LOOP = """
            do $$
            declare
              at bigint := %d;
            begin
              while at < %d loop
                update wide set n = n + 1 where id > at and id <= least(at + 1000, %2$d);
                commit;
                at := at + 1000;
              end loop;
            end $$
            """;

    private static final String SPEC = """
            name: bloat
            table: wide
            set: { n: n + 1 }
            concurrency: 2
            walk: { passes: %s }
            """;

    private static final String TIMES = """
            select (select sum(rows_changed) from backfleet.shard where job_id = j.id)
                     / extract(epoch from (select max(last_batch_at) from backfleet.shard where job_id = j.id) - submitted_at),
                   coalesce((definition -> 'walk' ->> 'passes')::integer, 1)
            from backfleet.job j where id = %d
            """;

    private final String url;
    private final BloatTable table;
    private final FleetRun fleet;

    /**
     * On a database.
     *
     * @param indexes how many indexes the table has beside its key's; at most {@link #MOST_INDEXES}
     */
    public BloatTrial(String url, long rows, int indexes, boolean autovacuum) {
        this.url = url;
        this.table = new BloatTable(url, rows, indexes, autovacuum);
        this.fleet = new FleetRun(url, Sleeper.system());
    }

    /**
     * Restores the table and changes it in a way.
     *
     * @param start starts a fleet and returns when it is ready; its end publishes the server's counts
     */
    public BloatRun measure(BloatWay way, int round, Callable<? extends AutoCloseable> start) throws Exception {
        var before = table.restore();
        Speed speed;
        long wal;
        var passes = way.passes();
        if (passes == null) {
            try (var meter = WalMeter.start(url)) {
                speed = inServer(way);
                wal = meter.bytes();
            }
        } else {
            try (var running = start.call()) {
                table.restore();
                try (var meter = WalMeter.start(url)) {
                    speed = byFleet(passes);
                    wal = meter.bytes();
                }
            }
        }
        var wrong = table.wrong();
        if (wrong > 0) {
            throw new IllegalStateException(way.words() + " did not change " + wrong + " rows once");
        }
        var after = table.sizes();
        return new BloatRun(
                round,
                way,
                speed.passes,
                speed.rowsPerSecond,
                (double) wal / table.rows(),
                (double) after.hot() / Math.max(1, after.updated()),
                (double) after.table() / before.table() - 1,
                (double) after.indexes() / before.indexes() - 1);
    }

    private Speed inServer(BloatWay way) throws SQLException, InterruptedException {
        var begun = System.nanoTime();
        if (way == BloatWay.ONE_UPDATE) {
            run(ONE_UPDATE);
        } else {
            loops();
        }
        return new Speed(1, table.rows() / ((System.nanoTime() - begun) / 1e9));
    }

    private Speed byFleet(String passes) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var database = FleetRun.database(url)) {
            var job = FleetRun.submit(database, SPEC.formatted(passes));
            fleet.awaitEnd(sql, job);
            return sql.row(TIMES.formatted(job), row -> new Speed(row.getInt(2), row.getDouble(1)));
        }
    }

    private boolean run(String text) throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("set synchronous_commit = off");
            sql.run("set enable_seqscan = " + (text.equals(ONE_UPDATE) ? "on" : "off"));
            sql.run(text);
            return true;
        }
    }

    private void loops() throws InterruptedException {
        var loops = new ArrayList<Callable<Boolean>>();
        for (int session = 0; session < SESSIONS; session++) {
            var text = RANGE_LOOP.formatted(table.rows() * session / SESSIONS, table.rows() * (session + 1) / SESSIONS);
            loops.add(() -> run(text));
        }
        var threads = Executors.newFixedThreadPool(SESSIONS);
        try {
            for (var loop : List.copyOf(threads.invokeAll(loops))) {
                loop.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a loop failed", e.getCause());
        } finally {
            threads.shutdown();
        }
    }

    private record Speed(int passes, double rowsPerSecond) {}
}
