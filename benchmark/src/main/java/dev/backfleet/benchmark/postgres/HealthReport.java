package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.OpenLoop;
import dev.backfleet.common.clock.Sleeper;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * The application tells each second how it is, in a table where anybody can ask for it: how many times what it is alone its
 * p99 was of late.
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
            throw new IllegalStateException("nobody knows how the application is", e);
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
