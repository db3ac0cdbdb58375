package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.report.Measurement;
import dev.backfleet.benchmark.report.Way;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** The ways that run inside the server. */
public final class ServerWays {
    private static final int SESSIONS = 2;

    static final String ONE_UPDATE = "update customers set " + Customers.ASSIGNMENTS;

    // It ends when nothing is left, or when its time is up.
    static final String NULL_LOOP = """
            do $$
            declare
              until timestamptz := clock_timestamp() + interval '%d milliseconds';
              changed bigint;
            begin
              loop
                with todo as (
                  select id from customers where first_name is null order by id limit 5000 for update skip locked
                )
                update customers c set {assignments} from todo where c.id = todo.id;
                get diagnostics changed = row_count;
                commit;
                exit when changed = 0 or clock_timestamp() > until;
              end loop;
            end $$
            """.replace("{assignments}", Customers.ASSIGNMENTS);

    // The ids have no gaps, so the end of a range need not be searched.
    private static final String RANGE_LOOP = """
            do $$
            declare
              at bigint := %d;
            begin
              while at < %d loop
                update customers set {assignments} where id > at and id <= least(at + 5000, %2$d);
                commit;
                at := at + 5000;
              end loop;
            end $$
            """.replace("{assignments}", Customers.ASSIGNMENTS);

    private final String url;
    private final long rows;
    private final Duration patience;

    /**
     * Creates them.
     *
     * @param url the database
     * @param rows how many rows the table has
     * @param patience the time limit of the loop over IS NULL
     */
    public ServerWays(String url, long rows, Duration patience) {
        this.url = url;
        this.rows = rows;
        this.patience = patience;
    }

    /** Changes the table in a way. */
    public Measurement measure(Way way, int round) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var meter = WalMeter.start(url)) {
            var start = System.nanoTime();
            switch (way) {
                case ONE_UPDATE -> sql.run(ONE_UPDATE);
                case NULL_LOOP -> sql.run(NULL_LOOP.formatted(patience.toMillis()));
                case RANGE_LOOPS -> rangeLoops();
                case TWO_WORKERS, TWO_SLOTS -> throw new IllegalArgumentException(way + " needs a fleet");
            }
            var seconds = (System.nanoTime() - start) / 1e9;
            var wal = meter.bytes();
            var changed = way == Way.NULL_LOOP
                    ? sql.number("select count(*) from customers where first_name is not null")
                    : rows;
            return new Measurement(way, round, changed, seconds, wal);
        }
    }

    private void rangeLoops() throws InterruptedException {
        var loops = new ArrayList<Callable<Boolean>>();
        for (int session = 0; session < SESSIONS; session++) {
            var text = RANGE_LOOP.formatted(rows * session / SESSIONS, rows * (session + 1) / SESSIONS);
            loops.add(() -> rangeLoop(text));
        }
        var threads = Executors.newFixedThreadPool(SESSIONS);
        try {
            requireAll(threads.invokeAll(loops));
        } finally {
            threads.shutdown();
        }
    }

    private boolean rangeLoop(String text) throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("set synchronous_commit = off");
            sql.run("set enable_seqscan = off");
            sql.run(text);
            return true;
        }
    }

    private static void requireAll(List<java.util.concurrent.Future<Boolean>> loops) throws InterruptedException {
        for (var loop : loops) {
            try {
                loop.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a loop failed", e.getCause());
            }
        }
    }
}
