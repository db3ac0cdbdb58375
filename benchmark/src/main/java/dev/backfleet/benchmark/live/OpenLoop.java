package dev.backfleet.benchmark.live;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The application: so many transactions per second, whether or not the database keeps up with them. */
public final class OpenLoop implements AutoCloseable {
    private static final int DIGITS = 3;

    private final Ticker ticker = Ticker.system();
    private final Schedule schedule;
    private final Recorder recent = new Recorder(DIGITS);
    private final RecentP99 recentP99 = new RecentP99(recent);
    private final List<Connected> connections = new ArrayList<>();
    private final List<Future<Boolean>> running = new ArrayList<>();
    private final ExecutorService threads;

    private OpenLoop(double perSecond, int connections) {
        this.schedule = new Schedule(ticker.now().toNanos(), perSecond);
        this.threads = Executors.newFixedThreadPool(connections);
    }

    /** Starts it, unmeasured; what is due is shared by the sessions. */
    public static OpenLoop start(double perSecond, List<? extends Session> sessions) {
        var loop = new OpenLoop(perSecond, sessions.size());
        sessions.forEach(loop::connect);
        return loop;
    }

    private void connect(Session session) {
        var connection = new Connected(schedule, session, recent, ticker, Sleeper.system());
        connections.add(connection);
        Callable<Boolean> work = () -> {
            connection.run();
            return true;
        };
        running.add(threads.submit(work));
    }

    /** What is due from now on is measured. */
    public void measure() {
        schedule.measureFrom(ticker.now().toNanos());
    }

    /**
     * How the application is: the median of the p99s in milliseconds of the last five seconds, for who asks once each second.
     * Nothing ended since the last time: none.
     */
    public OptionalDouble recentP99() {
        return recentP99.next();
    }

    /** Ends it; waits for what was due until now. */
    public Traffic end() throws InterruptedException {
        schedule.endAt(ticker.now().toNanos());
        for (var connection : running) {
            try {
                connection.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the application ended in a bug", e.getCause());
            }
        }
        var latencies = new Histogram(DIGITS);
        var errors = new TreeMap<String, Long>();
        connections.forEach(connection -> connection.addTo(latencies, errors));
        return Traffic.of(latencies, errors);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One session of the application with its database. */
    @FunctionalInterface
    public interface Session {
        /** Runs a transaction; the SQLSTATE of its failure, nothing if it was acknowledged. */
        Optional<String> transact(long number);
    }
}
