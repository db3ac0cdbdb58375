package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.event.EventSink;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Target;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.trace.Cause;
import dev.backfleet.common.trace.TraceAttribute;
import dev.backfleet.common.trace.TraceSpan;
import dev.backfleet.common.trace.TracedWork;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.RunOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
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
    private static final String NOT_RUNNING = "the job is no longer RUNNING: shard given back";
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final String worker;
    private final EventSink events;
    private final WorkMetrics metrics;
    private final InstantSource clock;
    private final Ticker ticker;
    private final RecentBatches recent;
    private final Tracing tracing;

    // The jobs that a slot of this worker has paused or halted, and of which no shard was claimed since.
    private final Set<Long> stopped = ConcurrentHashMap.newKeySet();

    /** Of one worker, without traces. */
    public WorkReports(String worker, EventSink events, WorkMetrics metrics, InstantSource clock, Ticker ticker) {
        this(worker, events, metrics, clock, ticker, Tracing.OFF);
    }

    /** Of one worker. */
    public WorkReports(
            String worker, EventSink events, WorkMetrics metrics, InstantSource clock, Ticker ticker, Tracing tracing) {
        this.tracing = tracing;
        this.worker = worker;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
        this.ticker = ticker;
        this.recent = new RecentBatches(ticker);
    }

    /** How the batches of the last seconds went. */
    public RecentBatches recentBatches() {
        return recent;
    }

    /** A shard was claimed. */
    Report begin(Claim claim) {
        return new Report(claim);
    }

    /** The report of one run of a shard. */
    final class Report {
        private final Claim claim;
        private final TraceSpan span;
        private long rows;
        private long batches;
        private long allRows;
        private long allWalked;
        private long allBatches;
        private long failures;
        private @Nullable Failure lastFailure;
        private Cursor reached;
        private final Duration begun = ticker.now();
        private Duration lastReport = begun;

        private Report(Claim claim) {
            this.claim = claim;
            this.reached = claim.cursor();
            this.span = tracing.begin(
                            TracedWork.PROCESS, Cause.link(claim.origin().traceparent()))
                    .tell(TraceAttribute.JOB, claim.shard().job())
                    .tell(TraceAttribute.JOB_NAME, claim.origin().backfill())
                    .tell(TraceAttribute.SHARD, claim.shard().number())
                    .tell(TraceAttribute.EPOCH, claim.epoch());
            stopped.remove(claim.shard().job());
            metrics.claimed(claim);
            log(Level.INFO, EventAction.SHARD_CLAIMED).log("shard claimed");
            send(Event.Type.CLAIMED, 0, 0, null);
        }

        void committed(BatchResult result, Duration took) {
            metrics.committed(claim, result, took);
            recent.committed(claim.shard().job(), result, took);
            rows += result.changed();
            allRows += result.changed();
            allWalked += result.walked();
            batches++;
            allBatches++;
            withTenant(result.cursor(), log(Level.DEBUG, EventAction.BATCH_COMMITTED))
                    .addKeyValue("rows", result.walked())
                    .addKeyValue("changed", result.changed())
                    .addKeyValue("took", took)
                    .log("batch committed");
            reached = result.cursor();
            span.event(
                    "batch",
                    Map.of(
                            TraceAttribute.ROWS, result.walked(),
                            TraceAttribute.CHANGED, result.changed(),
                            TraceAttribute.MILLIS, took.toMillis()));
            if (ticker.now().minus(lastReport).compareTo(EVERY) >= 0) {
                flush();
            }
        }

        void quarantined(QuarantineResult result, Failure failure) {
            if (result.quarantined()) {
                metrics.quarantined(claim, failure);
                log(Level.WARN, EventAction.ROW_QUARANTINED)
                        .addKeyValue("code", failure.code())
                        .log("row quarantined");
            }
        }

        void fenceFailed() {
            metrics.fenceFailed();
            log(Level.WARN, EventAction.BATCH_FENCED)
                    .log("the batch changed nothing: its fence did not hold; the checkpoint is read again");
        }

        void failed(Failure failure) {
            metrics.failed(failure);
            recent.failed(claim.shard().job(), failure);
            failures++;
            lastFailure = failure;
            span.event("statement failed " + failure.code(), Map.of());
            log(Level.INFO, EventAction.STATEMENT_FAILED)
                    .addKeyValue("kind", failure.kind())
                    .addKeyValue("code", failure.code())
                    .log("statement failed");
        }

        void ended(RunOutcome outcome) {
            metrics.ended(ticker.now().minus(begun));
            if (outcome instanceof RunOutcome.Done) {
                ended(Event.Type.DONE, Level.INFO, EventAction.SHARD_DONE, "shard done", null);
            } else if (outcome instanceof RunOutcome.GiveBack giveBack) {
                var type = giveBack.reason() == RunOutcome.Reason.STOPPED ? Event.Type.STOPPED : Event.Type.YIELDED;
                givenBack(
                        type, Level.INFO, "shard given back", giveBack.reason().name());
            } else if (outcome instanceof RunOutcome.Stuck stuck) {
                givenBack(
                        Event.Type.YIELDED,
                        Level.INFO,
                        "shard given back: it did not advance",
                        stuck.failure().code());
            } else if (outcome instanceof RunOutcome.LeaseLost) {
                metrics.leaseLost();
                ended(
                        Event.Type.FENCED,
                        Level.WARN,
                        EventAction.LEASE_LOST,
                        "lease lost: another worker has the shard, or the job was paused",
                        null);
            } else if (outcome instanceof RunOutcome.JobStopped stopped) {
                if (stopped.budgetSpent()) {
                    ended(
                            Event.Type.STOPPED,
                            Level.ERROR,
                            EventAction.JOB_HALTED,
                            "job halted: its error budget is spent",
                            null);
                } else {
                    givenBack(Event.Type.STOPPED, Level.WARN, NOT_RUNNING, null);
                }
            } else if (outcome instanceof RunOutcome.Fail fail) {
                ended(
                        Event.Type.FAILED,
                        Level.ERROR,
                        EventAction.SHARD_FAILED,
                        "shard failed",
                        fail.failure().code());
            } else if (outcome instanceof RunOutcome.PauseJob pause) {
                var why = EnvironmentFailure.of(pause.failure().code())
                        .map(EnvironmentFailure::words)
                        .orElse("the server takes no writes");
                stopped(EventAction.JOB_PAUSED_ITSELF, "job paused itself: " + why, pause.failure());
            } else if (outcome instanceof RunOutcome.HaltJob halt) {
                stopped(EventAction.JOB_HALTED, "job halted", halt.failure());
            }
        }

        // All slots that work on the job meet the same failure at about the same time.
        private void stopped(EventAction action, String message, Failure failure) {
            if (stopped.add(claim.shard().job())) {
                ended(Event.Type.STOPPED, Level.ERROR, action, message, failure.code() + ": " + failure.message());
            } else {
                givenBack(Event.Type.STOPPED, Level.INFO, NOT_RUNNING, failure.code());
            }
        }

        private void givenBack(Event.Type type, Level level, String message, @Nullable String why) {
            ended(type, level, EventAction.SHARD_YIELDED, message, why);
        }

        private void ended(Event.Type type, Level level, EventAction action, String message, @Nullable String why) {
            var line = withTenant(reached, log(level, action))
                    .addKeyValue("rows", allWalked)
                    .addKeyValue("changed", allRows)
                    .addKeyValue("batches", allBatches)
                    .addKeyValue("retries", failures)
                    .addKeyValue("took", ticker.now().minus(begun));
            if (lastFailure != null) {
                line = line.addKeyValue("code", lastFailure.code());
            }
            (why == null ? line : line.addKeyValue("why", why)).log(message);
            end(level, action);
            send(type, rows, batches, type == Event.Type.FAILED ? why : null);
        }

        private void end(Level level, EventAction action) {
            span.tell(TraceAttribute.ROWS, allWalked)
                    .tell(TraceAttribute.CHANGED, allRows)
                    .tell(TraceAttribute.BATCHES, allBatches)
                    .tell(TraceAttribute.RETRIES, failures)
                    .tell(TraceAttribute.OUTCOME, action.toString());
            if (level == Level.ERROR) {
                span.failed(lastFailure == null ? action.toString() : lastFailure.code());
            }
            span.end();
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

        private LoggingEventBuilder log(Level level, EventAction action) {
            var line = LOG.atLevel(level)
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("epoch", claim.epoch())
                    .addKeyValue("worker", worker)
                    .addKeyValue("action", action);
            return span.ids()
                    .map(ids -> line.addKeyValue("trace", ids.trace()).addKeyValue("span", ids.span()))
                    .orElse(line);
        }

        // Of the other key columns nothing is logged, nor of a key of one column.
        private LoggingEventBuilder withTenant(Cursor point, LoggingEventBuilder line) {
            var definition = claim.definition();
            var hasTenant = definition.tenantLed() && definition.key().size() > 1 && !point.isStart();
            return hasTenant ? line.addKeyValue("tenant", point.values().get(0)) : line;
        }
    }
}
