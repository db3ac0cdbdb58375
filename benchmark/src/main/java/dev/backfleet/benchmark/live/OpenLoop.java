package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The application: so many transactions per second, whether or not the database keeps up with them. */
public final class OpenLoop implements AutoCloseable {
    private final Ticker ticker = Ticker.system();
    private final Schedule schedule;
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
        var connection = new Connected(schedule, session, ticker, Sleeper.system());
        Callable<Boolean> work = () -> {
            connection.run();
            return true;
        };
        running.add(threads.submit(work));
    }

    /** Transactions that are due from now on belong to this phase. */
    public void enter(Phase phase) {
        schedule.enter(phase, ticker.now().toNanos());
    }

    /** Discards the latencies so far: the backfill had not reached its steady state. */
    public void settled() {
        schedule.settled();
    }

    /**
     * The application's current slowdown: the median of {@link #slowdowns} in its last three turns with the backfill,
     * counted or not. Empty if there was none yet.
     */
    public OptionalDouble slowdownOfLate() {
        return schedule.slowdownOfLate();
    }

    /** Ends the loop; waits for transactions that were due until now. */
    public void end() throws InterruptedException {
        schedule.endAt(ticker.now().toNanos());
        for (var connection : running) {
            try {
                connection.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the application ended in a bug", e.getCause());
            }
        }
    }

    /** What its users saw in a phase, as far as it is counted; only after its end. */
    public Traffic traffic(Phase phase) {
        return schedule.traffic(phase);
    }

    /**
     * How many times its p99 when it was {@link Phase#ALONE} its p99 was {@link Phase#BESIDE} the backfill: of each turn beside it
     * by the turn alone that came after it, or else before it. Only after its end.
     */
    public Spread slowdowns() {
        return schedule.slowdowns();
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
