package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.OpenLoop;
import dev.backfleet.common.clock.Sleeper;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * Writes the application's current slowdown (p99 with the backfill divided by p99 alone) into a table each second,
 * where a throttle signal can read it.
 */
final class HealthReport implements AutoCloseable {
    /** What a throttle asks. */
    static final String QUERY = "select slowdown from public.application_health";

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Sql sql;
    private final OpenLoop loop;
    private final Thread thread;
    private volatile boolean closed;

    HealthReport(String url, OpenLoop loop) throws SQLException {
        this.sql = Sql.connect(url);
        this.loop = loop;
        sql.run("drop table if exists public.application_health");
        sql.run("create table public.application_health as select 1::double precision as slowdown");
        this.thread = new Thread(this::report, "health");
        thread.start();
    }

    private void report() {
        try {
            while (!closed) {
                Sleeper.system().sleep(EVERY);
                tell(loop.slowdownOfLate());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException("the application's slowdown could not be stored", e);
        }
    }

    private void tell(OptionalDouble slowdown) throws SQLException {
        if (slowdown.isPresent()) {
            sql.run("update public.application_health set slowdown = " + slowdown.getAsDouble());
        }
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        closed = true;
        thread.join();
        sql.close();
    }
}
