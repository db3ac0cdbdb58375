package dev.backfleet.worker;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.failure.LostClasses;
import dev.backfleet.common.health.Check;
import dev.backfleet.common.health.Health;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.event.KafkaEventSink;
import dev.backfleet.common.kafka.setup.KafkaProbe;
import dev.backfleet.common.kafka.setup.TopicsReady;
import dev.backfleet.common.kafka.task.TaskQueues;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.ProcessName;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.common.task.TaskQueue;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.worker.consume.Slots;
import dev.backfleet.worker.consume.TaskConsumer;
import dev.backfleet.worker.execute.BatchAges;
import dev.backfleet.worker.execute.GuardedDatabase;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.PostgresWorkerRegistry;
import dev.backfleet.worker.postgres.StandbyRangeWorker;
import dev.backfleet.worker.postgres.Standbys;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.report.DatabaseWatch;
import dev.backfleet.worker.report.Heartbeat;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker: consumes tasks and works on them in its slots until it is closed. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    // Failures in a row after which a shard that does not advance is given back, and how long it is not dispatched
    // again then.
    private static final int ATTEMPTS = 8;
    private static final Duration PUT_BACK = Duration.ofSeconds(5);
    private static final Duration DATABASE_SILENCE = Duration.ofSeconds(10);
    // Heartbeats and probes are short: a server that does not answer within this time counts as unreachable.
    private static final Duration SHORT_SILENCE = Duration.ofSeconds(3);
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(8);

    private final WorkerSettings settings;
    private final MeterRegistry registry;
    private final WorkMetrics metrics;
    private final Database database;
    private final Standbys standbys;
    private final Database heartbeats;
    private final Database probes;
    private final DatabaseWatch watch;
    private final ControlListener control;
    private final KafkaEventSink events;
    private final TaskQueue queue;
    private final Slots slots;
    private final WorkReports reports;
    private final Heartbeat heartbeat;
    private final BatchAges batches;
    private final TaskConsumer tasks;
    private final Thread consumer;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Consumer<Throwable> lost = LostClasses.ending(ended);
    private final Ticker ticker = Ticker.system();
    private volatile Duration stoppingSince = Duration.ZERO;
    private volatile boolean stopping;

    private Worker(
            WorkerSettings settings,
            DatabaseSettings databaseSettings,
            KafkaClients kafka,
            MeterRegistry registry,
            Tracing tracing) {
        this.settings = settings;
        this.registry = registry;
        this.metrics = new WorkMetrics(registry, ticker);
        var timelines = new Timelines();
        this.database = Database.open(
                databaseSettings, profile(settings, WorkerSession.statements(), DATABASE_SILENCE), timelines);
        this.standbys = new Standbys(databaseSettings, profile(settings, WorkerSession.statements(), DATABASE_SILENCE));
        this.heartbeats = Database.single(
                databaseSettings, profile(settings, WorkerSession.heartbeatStatements(), SHORT_SILENCE), timelines);
        this.probes = Database.single(
                databaseSettings, profile(settings, WorkerSession.statements(), SHORT_SILENCE), timelines);
        this.watch = new DatabaseWatch(this::probe, ticker);
        this.control = ControlListener.underALeader(
                kafka, settings.controlTimeout(), settings.heartbeatTimeout(), registry, timelines);
        this.events = new KafkaEventSink(kafka, registry);
        this.queue = TaskQueues.open(kafka, registry);
        this.slots = new Slots(settings.slots(), lost);
        this.reports = new WorkReports(settings.id(), events, metrics, Clock.systemUTC(), ticker, tracing);
        this.heartbeat = new Heartbeat(
                new PostgresWorkerRegistry(heartbeats, identity(settings), reports.recentBatches()::recent),
                this::suspension,
                this::heartbeatFailed);
        this.batches = new BatchAges(
                new StandbyRangeWorker(
                        new PostgresRangeWorker(database, settings.id(), settings.shardLease()),
                        database,
                        standbys,
                        settings.shardLease()),
                ticker);
        this.tasks = taskConsumer();
        this.consumer = new Thread(this::consume, "consume");
    }

    /** Starts a worker without traces. */
    public static Worker start(
            WorkerSettings settings,
            DatabaseSettings database,
            KafkaSettings kafka,
            MeterRegistry registry,
            StartWait wait)
            throws InterruptedException {
        return start(settings, database, kafka, registry, Tracing.OFF, wait);
    }

    /**
     * Starts a worker.
     *
     * @param wait for the control schema and the topics, which a coordinator creates
     * @throws RuntimeException if the database or Kafka cannot be reached, or is not set up
     */
    public static Worker start(
            WorkerSettings settings,
            DatabaseSettings database,
            KafkaSettings kafka,
            MeterRegistry registry,
            Tracing tracing,
            StartWait wait)
            throws InterruptedException {
        PoolerCheck.refuse(database);
        var clients = new KafkaClients(kafka, "backfleet-worker-" + settings.id());
        new KafkaProbe(clients).await(KAFKA_TIMEOUT, wait);
        WorkerSession.awaitControlSchema(database, settings.id(), wait);
        TopicsReady.await(clients, wait);
        var worker = new Worker(settings, database, clients, registry, tracing);
        worker.start();
        return worker;
    }

    private void start() {
        // A wrong database is reported now, not with the first task.
        WorkerSession.requireControlSchema(database);
        publish(WorkerSession.batchLimit(database));
        control.start();
        watch.start();
        heartbeat.start();
        consumer.start();
        LOG.atInfo()
                .addKeyValue("worker", settings.id())
                .addKeyValue("slots", settings.slots())
                .addKeyValue("action", EventAction.WORKER_STARTED)
                .log("worker started");
    }

    private void publish(Duration batchLimit) {
        WorkerMetric.SLOTS.gauge(registry, settings::slots);
        WorkerMetric.SLOTS_BUSY.gauge(registry, slots::working);
        WorkerMetric.OLDEST_BATCH.seconds(registry, batches::oldest);
        WorkerMetric.BATCH_LIMIT.seconds(registry, () -> batchLimit);
    }

    /** Its health: each loop that must make progress, and what it needs to accept tasks. */
    public Health health() {
        return new Health(
                List.of(
                        Check.loop(consumer.getName(), tasks.pulse()),
                        Check.loop("control", control.pulse()),
                        Check.loop("heartbeat", heartbeat.pulse()),
                        Check.loop("database-watch", watch.pulse())),
                List.of(
                        Check.database(heartbeat::sinceAnswer),
                        Check.that(
                                "control topic",
                                () -> control.view().connected(),
                                "it was not read to its end for longer than BACKFLEET_CONTROL_SILENCE")));
    }

    /** Completes when the worker no longer consumes tasks; exceptionally, with the reason, if it could not go on. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Stops cleanly: takes no more tasks, gives its shards back after the batches under way, and leaves the consumer group. */
    @Override
    public void close() throws InterruptedException {
        stoppingSince = ticker.now();
        stopping = true;
        LOG.atInfo()
                .addKeyValue("worker", settings.id())
                .addKeyValue("busy", slots.working())
                .addKeyValue("action", EventAction.WORKER_DRAINING)
                .log("worker stopping: it takes no more tasks and gives its shards back");
        queue.wakeUp();
        consumer.join(settings.drain().toMillis());
        if (!slots.drain(settings.drain())) {
            LOG.atWarn().log("some shards could not be given back in time; their leases will expire");
        }
        heartbeat.close();
        control.close();
        events.close();
        watch.close();
        probes.close();
        heartbeats.close();
        standbys.close();
        database.close();
        LOG.atInfo()
                .addKeyValue("worker", settings.id())
                .addKeyValue("rows", metrics.rowsChanged())
                .addKeyValue("batches", metrics.committedBatches())
                .addKeyValue("fenced", metrics.fencedBatches())
                .addKeyValue("action", EventAction.WORKER_STOPPED)
                .log("worker stopped");
    }

    private void consume() {
        try (queue) {
            tasks.runUntilStopped();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // A worker that consumes no tasks any more must not look alive.
            lost.accept(e);
            ended.completeExceptionally(e);
            return;
        }
        ended.complete(null);
    }

    private TaskConsumer taskConsumer() {
        var guarded = GuardedDatabase.around(
                new ShardAccess(new PostgresShardLeases(database, settings.id(), settings.shardLease()), batches),
                watch);
        var executor = new ShardExecutor(
                new RunSettings(settings.slice(), settings.shardLease(), ATTEMPTS, PUT_BACK),
                ShardExecutor.jitteredBackoff(),
                ShardExecutor.Context.system(control::view, () -> stopping),
                reports);
        var conditions = new TaskConsumer.Conditions(control::view, this::suspension, () -> stopping);
        return new TaskConsumer(queue, slots, guarded, executor, conditions, Sleeper.system());
    }

    private void heartbeatFailed(Throwable failure) {
        watch.lost();
        lost.accept(failure);
    }

    // Over a new connection each time, as the next claim: connections that were open before the outage may be dead.
    private boolean probe() {
        try {
            probes.renew();
            var takesWrites = probes.takesWrites();
            probes.renew();
            database.renew();
            return takesWrites;
        } catch (LinkageError e) {
            lost.accept(e);
            throw e;
        }
    }

    // Decides for the consumer and the heartbeat alike.
    private Optional<Suspension> suspension() {
        if (stopping) {
            return Optional.of(
                    new Suspension(NotAccepting.STOPPING, ticker.now().minus(stoppingSince)));
        }
        return watch.suspension().or(control::suspension);
    }

    /** How many slots work on a shard. */
    public int busy() {
        return slots.working();
    }

    private static Database.Profile profile(WorkerSettings settings, List<String> session, Duration silence) {
        // One connection for each slot, and one for claims.
        return new Database.Profile("backfleet-worker/" + settings.id(), settings.slots() + 1, session, silence);
    }

    private static PostgresWorkerRegistry.Identity identity(WorkerSettings settings) {
        return new PostgresWorkerRegistry.Identity(
                settings.id(), ProcessName.host(), ProcessHandle.current().pid(), settings.slots());
    }
}
