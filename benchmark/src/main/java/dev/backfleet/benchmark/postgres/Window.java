package dev.backfleet.benchmark.postgres;

import dev.backfleet.common.clock.Sleeper;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Where the backfill works now, asked again and again, so that the application can be aimed at it. */
final class Window implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(20);
    /** About as many rows as a fast backfill changes between two queries. */
    private static final int WIDTH = 5_000;

    /** Rows per second of the backfill that there is not, when the application is alone. */
    private static final int PACE = 50_000;

    private final Sql sql;
    private final String question;
    private final long rows;
    private final Thread thread;
    private volatile Long[] starts = {};
    private volatile boolean closed;

    /**
     * Starts polling.
     *
     * @param question gives the ids after which rows are being changed, as an array
     * @param rows how many rows the table has
     */
    Window(String url, String question, long rows) throws SQLException {
        this.sql = Sql.connect(url);
        this.question = question;
        this.rows = rows;
        this.thread = new Thread(this::look, "window");
        thread.start();
    }

    /** A row that the backfill changes about now; any row while it changes none. */
    long near(RandomGenerator random) {
        var current = starts;
        if (current.length == 0) {
            return 1 + random.nextLong(rows);
        }
        var start = current[random.nextInt(current.length)];
        return Math.max(1, Math.min(rows, start + 1 + random.nextInt(WIDTH)));
    }

    /** A row, each with the same probability. */
    long anywhere(RandomGenerator random) {
        return 1 + random.nextLong(rows);
    }

    /**
     * The checkpoints of the shards that moved last. While the job is paused, the window continues from there at the
     * speed of a backfill, so that the application uses rows in the same way.
     */
    static String ofShards(int slots, long rows) {
        return """
                select coalesce(array_agg(case state when 'RUNNING' then at else %s end), '{}')
                from (select state, last_batch_at, cursor[1]::bigint as at from backfleet.shard
                      where state <> 'DONE' and last_batch_at is not null order by last_batch_at desc limit %d) s
                """.formatted(moving("at", "clock_timestamp() - last_batch_at", rows), slots);
    }

    /** What a statement has changed in the order of the ids: as many rows as the table has grown by. Before it, by time. */
    static String ofGrowth(long bytesBefore, long rows) {
        return """
                select array[case when grown > 0 then (grown * %1$d / %2$d)::bigint - %3$d else %4$s end]
                from (select pg_relation_size('customers')::numeric - %2$d as grown) g
                """.formatted(rows, bytesBefore, WIDTH, byTime(rows));
    }

    /** Where nothing is changed, by time. */
    static String ofTime(long rows) {
        return "select array[" + byTime(rows) + "]";
    }

    private static String byTime(long rows) {
        return moving("0", "clock_timestamp()", rows);
    }

    // At the pace of a backfill, over and over again.
    private static String moving(String start, String time, long rows) {
        return "(%s + extract(epoch from %s) * %d)::bigint %% %d".formatted(start, time, PACE, rows);
    }

    private void look() {
        try {
            while (!closed) {
                starts = sql.row(question, row -> longs(row.getArray(1)));
                Sleeper.system().sleep(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException("the position of the backfill is unknown", e);
        }
    }

    private static Long[] longs(Array array) throws SQLException {
        return (Long[]) array.getArray();
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        closed = true;
        thread.join();
        sql.close();
    }
}
