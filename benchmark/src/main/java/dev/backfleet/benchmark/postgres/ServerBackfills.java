package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.benchmark.live.Phase;
import java.sql.SQLException;
import java.time.Duration;

/** The backfills that need nothing but the server. */
public final class ServerBackfills {
    private ServerBackfills() {}

    /** One UPDATE of a table that was just restored. */
    public static Backfill oneUpdate(String url, long rows) throws SQLException {
        return statement(url, rows, time -> ServerWays.ONE_UPDATE);
    }

    /** The loop over IS NULL on a table that was just restored. */
    public static Backfill nullLoop(String url, long rows) throws SQLException {
        return statement(url, rows, time -> ServerWays.NULL_LOOP.formatted(time.toMillis()));
    }

    private static Backfill statement(String url, long rows, Text text) throws SQLException {
        try (var sql = Sql.connect(url)) {
            var where = Window.ofGrowth(sql.number("select pg_relation_size('customers')"), rows);
            return new InServer(url, rows, text, where);
        }
    }

    private record InServer(String url, long rows, Text text, String where) implements Backfill {
        @Override
        public Changed run(Duration time, Application application) throws SQLException, InterruptedException {
            application.alone(time);
            application.enter(Phase.BESIDE);
            try (var sql = Sql.connect(url)) {
                var start = System.nanoTime();
                sql.run(text.within(time));
                var seconds = (System.nanoTime() - start) / 1e9;
                var missing = sql.number("select count(*) from customers where first_name is null");
                return new Changed(rows - missing, seconds, missing == 0);
            }
        }
    }

    private interface Text {
        String within(Duration time);
    }
}
