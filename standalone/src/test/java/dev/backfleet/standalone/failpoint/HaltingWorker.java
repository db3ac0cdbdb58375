package dev.backfleet.standalone.failpoint;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.event.KafkaEventSink;
import dev.backfleet.common.kafka.task.TaskQueues;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.LogSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.common.task.TaskQueue;
import dev.backfleet.common.telemetry.LoggedService;
import dev.backfleet.common.telemetry.Logging;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.standalone.process.ParentWatch;
import dev.backfleet.worker.consume.Slots;
import dev.backfleet.worker.consume.TaskConsumer;
import dev.backfleet.worker.execute.GuardedDatabase;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.PostgresWorkerRegistry;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.report.DatabaseWatch;
import dev.backfleet.worker.report.Heartbeat;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A worker of the real parts that halts at its failpoint. */
public final class HaltingWorker {
    private static final int ATTEMPTS = 8;
    private static final Duration PUT_BACK = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    // Within the batch, which the tests' expression makes last longer.
    private static final int UNDER_WAY_MILLIS = 10;

    private HaltingWorker() {}

    /** Runs it, until it halts. */
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.beginIfAsked();
        var all = Settings.load(Map.of(), System.getenv(), null, Optional.empty());
        Logging.forService(LogSettings.from(all), LoggedService.worker("0", "halting"));
        var settings = WorkerSettings.from(all, "halting");
        var registry = new SimpleMeterRegistry();
        var clients = new KafkaClients(
                KafkaSettings.from(KafkaConnectionSettings.from(all)), "backfleet-worker-" + settings.id());
        var database = Database.open(
                DatabaseSettings.from(all),
                new Database.Profile(
                        "backfleet-worker/" + settings.id(),
                        settings.slots() + 2,
                        WorkerSession.statements(),
                        SILENCE));
        WorkerSession.requireControlSchema(database);
        var control = ControlListener.underALeader(
                clients, settings.controlTimeout(), settings.heartbeatTimeout(), registry, new Timelines());
        var identity = new PostgresWorkerRegistry.Identity(
                settings.id(), "localhost", ProcessHandle.current().pid(), settings.slots());
        control.start();
        new Heartbeat(new PostgresWorkerRegistry(database, identity, Map::of), Optional::empty, failure -> {}).start();

        var guarded = GuardedDatabase.around(
                new ShardAccess(
                        new PostgresShardLeases(database, settings.id(), settings.shardLease()),
                        halting(new PostgresRangeWorker(database, settings.id(), settings.shardLease()))),
                new DatabaseWatch(() -> true, Ticker.system()));
        var reports = new WorkReports(
                settings.id(),
                new KafkaEventSink(clients, registry),
                new WorkMetrics(registry),
                Clock.systemUTC(),
                Ticker.system());
        var executor = new ShardExecutor(
                new RunSettings(settings.slice(), settings.shardLease(), ATTEMPTS, PUT_BACK),
                ShardExecutor.jitteredBackoff(),
                ShardExecutor.Context.system(control::view, () -> false),
                reports);
        new TaskConsumer(
                        halting(TaskQueues.open(clients, registry)),
                        new Slots(settings.slots(), bug -> {}),
                        guarded,
                        executor,
                        new TaskConsumer.Conditions(control::view, control::suspension, () -> false),
                        Sleeper.system())
                .runUntilStopped();
    }

    private static RangeWorker halting(RangeWorker ranges) {
        return Around.method(
                RangeWorker.class,
                ranges,
                "batch",
                () -> {
                    Failpoint.BEFORE_BATCH.pass();
                    Around.haltSoon(Failpoint.AFTER_SENT, UNDER_WAY_MILLIS);
                },
                result -> Failpoint.AFTER_REPLY.pass());
    }

    private static TaskQueue halting(TaskQueue queue) {
        return Around.method(
                TaskQueue.class,
                queue,
                "acknowledge",
                Failpoint.BEFORE_ACKNOWLEDGE::pass,
                result -> Failpoint.AFTER_ACKNOWLEDGE.pass());
    }
}
