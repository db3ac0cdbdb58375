package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.event.EventSink;
import dev.backfleet.common.task.Target;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.RunOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Reports what happens to shards, as log lines, metrics and events; batches are added up over about a second. */
public final class WorkReports {
    private static final Logger LOG = LoggerFactory.getLogger(WorkReports.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final String worker;
    private final EventSink events;
    private final WorkMetrics metrics;
    private final InstantSource clock;
    private final Ticker ticker;
    private final LockTries lockTries;

    // The jobs that a slot of this worker has paused or halted, and of which no shard was claimed since.
    private final Set<Long> stopped = ConcurrentHashMap.newKeySet();

    /** Of one worker. */
    public WorkReports(String worker, EventSink events, WorkMetrics metrics, InstantSource clock, Ticker ticker) {
        this.worker = worker;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
        this.ticker = ticker;
        this.lockTries = new LockTries(ticker);
    }

    /** How many batches did not get their locks in the last seconds. */
    public LockTries lockTries() {
        return lockTries;
    }

    /** A shard was claimed. */
    Report begin(Claim claim) {
        return new Report(claim);
    }

    /** The report of one run of a shard. */
    final class Report {
        private final Claim claim;
        private long rows;
        private long batches;
        private long allRows;
        private final Duration begun = ticker.now();
        private Duration lastReport = begun;

        private Report(Claim claim) {
            this.claim = claim;
            stopped.remove(claim.shard().job());
            metrics.claimed(claim);
            log(Level.INFO).log("shard claimed");
            send(Event.Type.CLAIMED, 0, 0, null);
        }

        void committed(BatchResult result, Duration took) {
            metrics.committed(claim, result, took);
            lockTries.committed(claim.shard().job());
            rows += result.changed();
            allRows += result.changed();
            batches++;
            log(Level.DEBUG)
                    .addKeyValue("walked", result.walked())
                    .addKeyValue("changed", result.changed())
                    .addKeyValue("millis", took.toMillis())
                    .log("batch committed");
            if (ticker.now().minus(lastReport).compareTo(EVERY) >= 0) {
                flush();
            }
        }

        void quarantined(QuarantineResult result, Failure failure) {
            if (result.quarantined()) {
                metrics.quarantined(claim, failure);
                log(Level.WARN).addKeyValue("code", failure.code()).log("row quarantined");
            }
        }

        void fenceFailed() {
            metrics.fenceFailed();
            log(Level.WARN).log("the batch changed nothing: its fence did not hold; the checkpoint is read again");
        }

        void failed(Failure failure) {
            metrics.failed(failure);
            lockTries.failed(claim.shard().job(), failure);
            log(Level.INFO)
                    .addKeyValue("kind", failure.kind())
                    .addKeyValue("code", failure.code())
                    .log("statement failed");
        }

        void ended(RunOutcome outcome) {
            metrics.ended(ticker.now().minus(begun));
            if (outcome instanceof RunOutcome.Done) {
                ended(Event.Type.DONE, Level.INFO, "shard done", null);
            } else if (outcome instanceof RunOutcome.GiveBack giveBack) {
                var type = giveBack.reason() == RunOutcome.Reason.STOPPED ? Event.Type.STOPPED : Event.Type.YIELDED;
                ended(type, Level.INFO, "shard given back", giveBack.reason().name());
            } else if (outcome instanceof RunOutcome.Stuck stuck) {
                ended(
                        Event.Type.YIELDED,
                        Level.INFO,
                        "shard given back: it did not advance",
                        stuck.failure().code());
            } else if (outcome instanceof RunOutcome.LeaseLost) {
                metrics.leaseLost();
                ended(
                        Event.Type.FENCED,
                        Level.WARN,
                        "lease lost: another worker has the shard, or the job was paused",
                        null);
            } else if (outcome instanceof RunOutcome.JobStopped stopped) {
                var level = stopped.budgetSpent() ? Level.ERROR : Level.WARN;
                var message = stopped.budgetSpent()
                        ? "job halted: its error budget is spent"
                        : "the job is no longer RUNNING: shard given back";
                ended(Event.Type.STOPPED, level, message, null);
            } else if (outcome instanceof RunOutcome.Fail fail) {
                ended(
                        Event.Type.FAILED,
                        Level.ERROR,
                        "shard failed",
                        fail.failure().code());
            } else if (outcome instanceof RunOutcome.PauseJob pause) {
                var why = EnvironmentFailure.of(pause.failure().code())
                        .map(EnvironmentFailure::words)
                        .orElse("the server takes no writes");
                stopped("job paused itself: " + why, pause.failure());
            } else if (outcome instanceof RunOutcome.HaltJob halt) {
                stopped("job halted", halt.failure());
            }
        }

        // All slots that work on the job meet the same failure at about the same time.
        private void stopped(String message, Failure failure) {
            if (stopped.add(claim.shard().job())) {
                ended(Event.Type.STOPPED, Level.ERROR, message, failure.code() + ": " + failure.message());
            } else {
                ended(Event.Type.STOPPED, Level.INFO, "the job is no longer RUNNING: shard given back", failure.code());
            }
        }

        private void ended(Event.Type type, Level level, String message, @Nullable String why) {
            var line = log(level).addKeyValue("rows", allRows);
            (why == null ? line : line.addKeyValue("why", why)).log(message);
            send(type, rows, batches, type == Event.Type.FAILED ? why : null);
        }

        private void flush() {
            lastReport = ticker.now();
            send(Event.Type.BATCHES, rows, batches, null);
            rows = 0;
            batches = 0;
        }

        private void send(Event.Type type, long changed, long count, @Nullable String error) {
            events.report(new Event(
                    Target.DEFAULT,
                    type,
                    claim.shard(),
                    claim.epoch(),
                    worker,
                    changed,
                    count,
                    error,
                    clock.instant()));
        }

        private LoggingEventBuilder log(Level level) {
            return LOG.atLevel(level)
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("epoch", claim.epoch())
                    .addKeyValue("worker", worker);
        }
    }
}
