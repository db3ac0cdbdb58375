package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.forecast.LoggedBatch;
import dev.backfleet.coordinator.forecast.TrialBatch;
import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import dev.backfleet.coordinator.forecast.Trials;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a trial, one after the other and then several at once, at a polite pace: after each there is a pause of four times
 * its duration, and all of them together have a limit of rows and of time.
 */
final class TrialSeries {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final int PAUSE_FACTOR = 4;

    /** So many batches of one row. */
    private static final int SINGLE_ROWS = 7;

    /** So many batches of which the log is measured, each twice at the same place. */
    private static final int LOGGED = 4;

    private static final int ALONE = 8;
    private static final int BURSTS = 4;

    /** So many failures end the trial. */
    private static final int MOST_FAILURES = 8;

    private final List<TrialSession> sessions;
    private final WalTrial wal;
    private final int mostRowsOfABatch;
    private final Deque<TrialPlace> places;
    private final Ticker ticker;
    private final Sleeper sleeper;
    private final List<TrialBatch> batches = new ArrayList<>();
    private final List<LoggedBatch> logged = new ArrayList<>();
    private final Set<String> rejected = new LinkedHashSet<>();
    private final Duration end;
    private long rowsLeft;
    private int heldUp;
    private int failures;
    private long deadRows;
    private int together = 1;
    private @Nullable String note;

    TrialSeries(
            List<TrialSession> sessions,
            WalTrial wal,
            int mostRowsOfABatch,
            List<TrialPlace> places,
            long mostRows,
            Ticker ticker,
            Sleeper sleeper) {
        this.sessions = List.copyOf(sessions);
        this.wal = wal;
        this.mostRowsOfABatch = mostRowsOfABatch;
        this.places = new ArrayDeque<>(places);
        this.rowsLeft = mostRows;
        this.ticker = ticker;
        this.sleeper = sleeper;
        this.end = ticker.now().plus(LONGEST);
    }

    Trials run() throws InterruptedException {
        var all = rowsLeft;
        for (var i = 0; i < SINGLE_ROWS && !places.isEmpty() && mayGoOn(1); i++) {
            single();
        }
        logged(share(all * 0.2, 2 * LOGGED));
        alone(share(all * 0.3, ALONE));
        if (sessions.size() > 1) {
            together(share(all * 0.45, BURSTS * sessions.size()));
        }
        return new Trials(batches, logged, together, heldUp, failures - heldUp, List.copyOf(rejected), deadRows, note);
    }

    private int share(double rows, int batches) {
        return (int) Math.max(1, Math.min(mostRowsOfABatch, rows / batches));
    }

    private void single() throws InterruptedException {
        var attempt = sessions.get(0).batch(places.pop(), 1);
        note(attempt, 1, Kind.SINGLE_ROW);
        pause(attempt.took());
    }

    private void logged(int rows) throws InterruptedException {
        for (var i = 0; i < LOGGED && !places.isEmpty() && mayGoOn(rows); i++) {
            var place = places.pop();
            var first = logged(place, rows);
            if (first.isPresent() && mayGoOn(rows)) {
                logged.add(first.get().again(logged(place, rows).orElse(first.get())));
            }
        }
    }

    private Optional<LoggedBatch> logged(TrialPlace place, int rows) throws InterruptedException {
        var start = ticker.now();
        var trial = wal.run(place, rows);
        note(trial.attempt(), rows, null);
        pause(ticker.now().minus(start));
        return trial.batch();
    }

    private void alone(int rows) throws InterruptedException {
        for (var i = 0; i < ALONE && !places.isEmpty() && mayGoOn(rows); i++) {
            var attempt = sessions.get(0).batch(places.pop(), rows);
            note(attempt, rows, Kind.ALONE);
            pause(attempt.took());
        }
    }

    private void together(int rows) throws InterruptedException {
        var threads = Executors.newFixedThreadPool(sessions.size());
        try {
            for (var i = 0; i < BURSTS && places.size() >= sessions.size() && mayGoOn(rows * sessions.size()); i++) {
                burst(threads, rows);
            }
        } finally {
            threads.shutdown();
        }
    }

    private void burst(ExecutorService threads, int rows) throws InterruptedException {
        var running = new ArrayList<Future<Attempt>>();
        for (var session : sessions) {
            var place = places.pop();
            running.add(threads.submit(() -> session.batch(place, rows)));
        }
        together = sessions.size();
        var longest = Duration.ZERO;
        for (var one : running) {
            try {
                var attempt = one.get();
                note(attempt, rows, Kind.TOGETHER);
                longest = attempt.took().compareTo(longest) > 0 ? attempt.took() : longest;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            }
        }
        pause(longest);
    }

    private void note(Attempt attempt, int rows, @Nullable Kind kind) {
        rowsLeft -= attempt.failed() ? rows : attempt.walked();
        deadRows += attempt.failed() ? rows : attempt.updated();
        if (attempt.failed()) {
            failures++;
            if (attempt.wasHeldUp()) {
                heldUp++;
            } else {
                rejected.add(attempt.code() + ": " + attempt.error());
            }
        } else if (kind != null) {
            batches.add(attempt.as(kind));
        }
    }

    private boolean mayGoOn(int rows) {
        if (rowsLeft < rows) {
            return false;
        }
        if (failures >= MOST_FAILURES) {
            note = "ended early: " + failures + " batches failed";
            return false;
        }
        if (ticker.now().compareTo(end) >= 0) {
            note = "ended early: the limit is " + LONGEST.toSeconds() + " s";
            return false;
        }
        return true;
    }

    private void pause(Duration took) throws InterruptedException {
        var wanted = took.multipliedBy(PAUSE_FACTOR);
        sleeper.sleep(wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted);
    }
}
