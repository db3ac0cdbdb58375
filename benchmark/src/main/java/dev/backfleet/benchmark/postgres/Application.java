package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.OpenLoop;
import dev.backfleet.benchmark.live.Phase;
import dev.backfleet.benchmark.live.Traffic;
import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.clock.Sleeper;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The application beside a backfill, from its start to its end. */
public final class Application implements AutoCloseable {
    // The driver prepares what it has seen five times, and the JVM compiles what is hot.
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Window window;
    private final HealthReport health;
    private final List<ApplicationSession> sessions = new ArrayList<>();
    private final OpenLoop loop;

    private Application(String url, LiveTable table, String where, Load load, long seed) throws SQLException {
        window = new Window(url, where, table.rows());
        var random = new SplittableRandom(seed);
        for (int i = 0; i < load.connections(); i++) {
            sessions.add(new ApplicationSession(url, table, window, random.split()));
        }
        loop = OpenLoop.start(load.transactionsPerSecond(), sessions);
        health = new HealthReport(url, loop);
    }

    /** Starts the application, and returns when it is warmed up. */
    public static Application start(String url, LiveTable table, Backfill beside, Load load, long seed)
            throws SQLException, InterruptedException {
        var application = new Application(url, table, beside.where(), load, seed);
        Sleeper.system().sleep(WARM_UP);
        return application;
    }

    /** Latencies from now on belong to this phase. */
    public void enter(Phase phase) {
        loop.enter(phase);
    }

    /** Measures the application alone for {@code time}. */
    void alone(Duration time) throws InterruptedException {
        enter(Phase.ALONE);
        Sleeper.system().sleep(time);
        enter(Phase.BETWEEN);
    }

    /** Discards the latencies so far. */
    void settled() {
        loop.settled();
    }

    /** Ends it. */
    public void end() throws InterruptedException {
        loop.end();
    }

    /** What its users saw in a phase, as far as it is counted; only after its end. */
    public Traffic traffic(Phase phase) {
        return loop.traffic(phase);
    }

    /** How many times what it was alone its p99 was beside the backfill, turn by turn; only after its end. */
    public Spread slowdowns() {
        return loop.slowdowns();
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        health.close();
        loop.close();
        for (var session : sessions) {
            session.close();
        }
        window.close();
    }

    /**
     * The load.
     *
     * @param transactionsPerSecond transactions that are due per second
     * @param connections transactions that can run concurrently
     */
    public record Load(double transactionsPerSecond, int connections) {}
}
