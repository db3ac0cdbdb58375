package dev.backfleet.standalone.failpoint;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.kafka.task.KafkaTaskPublisher;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.LogSettings;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.common.telemetry.LoggedService;
import dev.backfleet.common.telemetry.Logging;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.coordinator.operation.control.ControlStore;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.PostgresLeadership;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import dev.backfleet.standalone.process.ParentWatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator of the real duties, in one loop, that halts at its failpoint. */
public final class HaltingCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(HaltingCoordinator.class);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final int CONNECTIONS = 5;
    private static final int UNDER_WAY_MILLIS = 2;

    private final CoordinatorSettings settings;
    private final Leadership leadership;
    private final Planner planner;
    private final Dispatcher dispatcher;
    private final JobCompletion finisher;
    private final Reaper reaper;
    private final ControlPublisher publisher;

    private HaltingCoordinator(CoordinatorSettings settings, Database database, KafkaClients clients) {
        this.settings = settings;
        this.leadership = new Leadership(
                new PostgresLeadership(database, settings.id()), settings.lease(), () -> {}, Ticker.system());
        this.planner = new Planner(
                Around.method(
                        Planner.Plans.class,
                        new PostgresPlans(database),
                        "plan",
                        () -> {},
                        Around.passing(Failpoint.PLANNED, HaltingCoordinator::isSomething)),
                EachJob.failingFast(Planner.WHAT));
        this.dispatcher = new Dispatcher(
                new PostgresDispatchQueue(database),
                Around.method(
                        TaskPublisher.class,
                        new KafkaTaskPublisher(clients),
                        "publish",
                        Failpoint.WRITTEN::pass,
                        result -> Failpoint.PUBLISHED.pass()),
                Ticker.system());
        this.finisher = new JobCompletion(
                Around.method(
                        JobCompletion.Jobs.class,
                        new PostgresJobs(database, false),
                        "finish",
                        () -> {},
                        Around.passing(Failpoint.COMPLETING, HaltingCoordinator::isSomething)),
                job -> {});
        this.reaper = new Reaper(new PostgresLeases(database), settings.redispatchAfter());
        this.publisher = new ControlPublisher(clients);
    }

    /** Runs it, until it halts. */
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.beginIfAsked();
        var all = Settings.load(Map.of(), System.getenv(), null, Optional.empty());
        Logging.forService(LogSettings.from(all), LoggedService.coordinator("0", "halting"));
        var settings = CoordinatorSettings.from(all, "halting");
        var databaseSettings = DatabaseSettings.from(all);
        ControlSchema.migrate(databaseSettings);
        var clients = new KafkaClients(
                KafkaSettings.from(KafkaConnectionSettings.from(all)), "backfleet-coordinator-" + settings.id());
        new TopicSetup(clients).run(TIMEOUT);
        var database = Database.open(
                databaseSettings,
                new Database.Profile("backfleet-coordinator/" + settings.id(), CONNECTIONS, List.of(), SILENCE));
        listener(settings, database, clients).start();
        var coordinator = new HaltingCoordinator(settings, database, clients);
        while (true) {
            coordinator.round();
            Sleeper.system().sleep(TICK);
        }
    }

    private static ControlListener listener(CoordinatorSettings settings, Database database, KafkaClients clients) {
        var store = new PostgresControl(database);
        ControlStore halting = Around.method(
                ControlStore.class,
                store,
                "apply",
                () -> Around.haltSoon(Failpoint.ISOLATION, UNDER_WAY_MILLIS),
                result -> {});
        return new ControlListener(
                clients,
                settings.lease(),
                new HaltingObserver(store, halting),
                new SimpleMeterRegistry(),
                new Timelines());
    }

    private void round() {
        try {
            leadership.runOnce();
            leadership.epoch().ifPresent(epoch -> {
                publisher.publishHeartbeat(settings.id(), epoch, Optional.empty(), Duration.ofSeconds(2));
                planner.runOnce(() -> {});
                dispatcher.runOnce(epoch);
                finisher.runOnce();
                reaper.runOnce();
            });
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("cause", e.getMessage()).log("a round failed; the next follows");
        }
    }

    private static boolean isSomething(@Nullable Object result) {
        return result instanceof Optional<?> one ? one.isPresent() : result instanceof List<?> some && !some.isEmpty();
    }

    /** Puts into effect what is said on the control topic. */
    private record HaltingObserver(ControlStore store, ControlStore halting) implements ControlObserver {
        @Override
        public void onDesiredState(Scope scope, Optional<ControlRecord> desired, ControlPosition position) {
            desired.ifPresent(said ->
                    (scope.key().contains("/tenant/") ? halting : store).apply(scope, said, Optional.of(position)));
        }
    }
}
