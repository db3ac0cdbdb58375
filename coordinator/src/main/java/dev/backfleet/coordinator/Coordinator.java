package dev.backfleet.coordinator;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.kafka.event.EventListener;
import dev.backfleet.common.kafka.setup.KafkaProbe;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.kafka.task.KafkaTaskPublisher;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.control.ControlApplier;
import dev.backfleet.coordinator.control.TenantPauseQueue;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FairShares;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.duty.ProgressMeter;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.duty.WalRateLimiter;
import dev.backfleet.coordinator.duty.Windows;
import dev.backfleet.coordinator.lead.LeaderLoop;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.coordinator.lead.OutageLease;
import dev.backfleet.coordinator.lead.PeriodicThread;
import dev.backfleet.coordinator.operation.Outbox;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.PostgresLeadership;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.job.PostgresProblems;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSelfPausedJobs;
import dev.backfleet.coordinator.postgres.job.PostgresWindows;
import dev.backfleet.coordinator.postgres.plan.PostgresLookBack;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.shard.PostgresBoard;
import dev.backfleet.coordinator.postgres.shard.PostgresCounts;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import dev.backfleet.coordinator.postgres.shard.PostgresSplits;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.coordinator.postgres.throttle.PostgresLedger;
import dev.backfleet.coordinator.postgres.throttle.PostgresWal;
import dev.backfleet.coordinator.throttle.HttpHosts;
import dev.backfleet.coordinator.throttle.HttpSignals;
import dev.backfleet.coordinator.throttle.Throttle;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator: plans, dispatches, throttles, reaps, completes and measures while it leads, and stands by otherwise. It
 * is not in the data path: when it is gone, work drains and stops, and nothing is lost.
 */
public final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(8);
    private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(2);
    // A session that plans, splits or carves may be silent for long. All others are short: a server that does
    // not answer is given up within seconds.
    private static final Duration LONG_SILENCE = Duration.ofMinutes(10);
    private static final Duration SHORT_SILENCE = Duration.ofSeconds(10);
    private static final Duration SPLIT = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration BLIND = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 8;
    private static final int CARVINGS_AT_A_TIME = 3;

    private final CoordinatorSettings settings;
    private final Ticker ticker = Ticker.system();
    private final Timelines timelines = new Timelines();
    private final Database database;
    private final Database tables;
    private final Database lease;
    private final KafkaTaskPublisher tasks;
    private final ControlPublisher controlPublisher;
    private final ControlListener control;
    private final EventListener events;
    private final Leadership leadership;
    private final PostgresHealth health;
    private final Throttle throttle;
    private final List<PeriodicThread> threads;

    private Coordinator(
            CoordinatorSettings settings,
            DatabaseSettings databaseSettings,
            KafkaClients kafka,
            MeterRegistry registry) {
        this.settings = settings;
        this.database = Database.open(databaseSettings, profile(settings, SHORT_SILENCE), timelines);
        this.tables = Database.open(databaseSettings, profile(settings, LONG_SILENCE), timelines);
        // A lease that cannot be renewed is to be asked for again before it ends.
        this.lease = Database.single(
                databaseSettings,
                profile(settings, settings.lease().multipliedBy(2).dividedBy(3)),
                timelines);
        this.tasks = new KafkaTaskPublisher(kafka);
        this.controlPublisher = new ControlPublisher(kafka);
        this.leadership = new Leadership(
                new OutageLease(new PostgresLeadership(lease, settings.id()), this::abortSessions),
                settings.lease(),
                ticker);
        this.health = PostgresHealth.open(databaseSettings, settings.id(), ticker, timelines);
        var signals = new HttpSignals(health, new HttpHosts(settings.httpHosts()));
        this.throttle = new Throttle(signals, new PostgresLedger(database), settings.throttle(), ticker);
        var duties = duties();
        var lead = new PeriodicThread("lead", settings.lease().dividedBy(5), ticker, woken -> leadership.runOnce());
        var work = new PeriodicThread(
                "duties", settings.tick(), ticker, woken -> whileLeading(epoch -> duties.runOnce(epoch, woken)));
        var look = leading("throttle", LOOK, throttle::runOnce);
        var beat = leading("heartbeat", HEARTBEAT, this::beat);
        var carving =
                new TenantPauseQueue(new ControlApplier(new PostgresControl(tables, CARVINGS_AT_A_TIME), work::wake));
        var carve = new PeriodicThread("carve", LOOK, ticker, woken -> carving.runOnce());
        var outbox = new Outbox(
                new PostgresControl(database), (scope, wish) -> controlPublisher.publish(scope, wish, CONTROL_TIMEOUT));
        var publish = leading("outbox", LOOK, epoch -> outbox.runOnce());
        this.threads = Stream.concat(Stream.of(lead, work, look, beat, carve, publish), patientDuties(work).stream())
                .toList();
        this.control = new ControlListener(
                kafka,
                settings.lease(),
                carving.before(new ControlApplier(new PostgresControl(database), work::wake), carve::wake),
                registry,
                timelines);
        this.events = new EventListener(kafka, event -> onEvent(event, work), registry);
    }

    /**
     * Starts a coordinator.
     *
     * @param wait for another process that migrates the control schema
     * @throws RuntimeException if the database or Kafka cannot be reached, or refuses what must be set up
     */
    public static Coordinator start(
            CoordinatorSettings settings,
            DatabaseSettings database,
            KafkaSettings kafka,
            MeterRegistry registry,
            StartWait wait)
            throws InterruptedException {
        PoolerCheck.refuse(database);
        ControlSchema.migrate(database, wait);
        var clients = new KafkaClients(kafka, "backfleet-coordinator-" + settings.id());
        new KafkaProbe(clients).check(KAFKA_TIMEOUT);
        var mode = new TopicSetup(clients).run(SETUP_TIMEOUT);
        var coordinator = new Coordinator(settings, database, clients, registry);
        LOG.atInfo()
                .addKeyValue("coordinator", settings.id())
                .addKeyValue("taskQueue", mode)
                .log("coordinator started");
        coordinator.control.start();
        coordinator.events.start();
        coordinator.threads.forEach(PeriodicThread::start);
        return coordinator;
    }

    /** Whether this coordinator leads now. */
    public boolean leads() {
        return leadership.epoch().isPresent();
    }

    @Override
    public void close() throws InterruptedException {
        control.close();
        events.close();
        for (var thread : threads) {
            thread.close();
        }
        try {
            leadership.resign();
        } catch (RuntimeException e) {
            LOG.atInfo().log("the lease could not be given back; it ends by itself");
        }
        tasks.close();
        controlPublisher.close();
        health.close();
        lease.close();
        tables.close();
        database.close();
        LOG.atInfo().addKeyValue("coordinator", settings.id()).log("coordinator stopped");
    }

    private void abortSessions() {
        database.abort();
        tables.abort();
        health.abort();
    }

    /** The duties that look at tables of others, and may wait for them: each on a thread of its own. */
    private List<PeriodicThread> patientDuties(PeriodicThread work) {
        var problems = new PostgresProblems(database);
        var planner = new Planner(new PostgresPlans(tables), problems, ticker);
        var pins = new SchemaDriftCheck(new PostgresPins(tables), problems, ticker);
        var lookBack = new CompletenessCheck(
                new PostgresLookBack(tables, ticker), new EachJob("the last look", problems, ticker));
        var splitter = new StragglerSplitter(new PostgresBoard(database), new PostgresSplits(tables), problems, ticker);
        var recovery = new Recovery(new PostgresSelfPausedJobs(tables));
        var tick = settings.tick();
        return List.of(
                // A job that has just been planned is dispatched now, not with the next tick. A job that takes long to
                // plan does not keep the others waiting: of two, one goes on.
                leading("plan", tick, epoch -> planner.runOnce(work::wake)),
                leading("plan-too", tick, epoch -> planner.runOnce(work::wake)),
                leading("pins", tick, epoch -> pins.runOnce()),
                leading("ends", tick, epoch -> lookBack.runOnce(work::wake)),
                leading("split", SPLIT, epoch -> {
                    if (splitter.runOnce()) {
                        work.wake();
                    }
                }),
                leading("recover", tick, epoch -> recovery.runOnce()));
    }

    private PeriodicThread leading(String name, Duration every, EpochWork work) {
        return new PeriodicThread(name, every, ticker, woken -> whileLeading(work));
    }

    private void whileLeading(EpochWork work) {
        OptionalLong epoch = leadership.epoch();
        if (epoch.isPresent()) {
            work.run(epoch.getAsLong());
        }
    }

    // Without health, without a sign of life: workers that hear none stop by themselves.
    private void beat(long epoch) {
        if (throttle.blind().compareTo(BLIND) < 0) {
            controlPublisher.publishHeartbeat(settings.id(), epoch, timelines.current(), CONTROL_TIMEOUT);
        }
    }

    // Only what made room for another task, or may have been a job's end.
    private static void onEvent(Event event, PeriodicThread work) {
        if (event.type() != Event.Type.BATCHES && event.type() != Event.Type.CLAIMED) {
            work.wake();
        }
    }

    private LeaderLoop duties() {
        var board = new PostgresBoard(database);
        var problems = new PostgresProblems(database);
        var speed = new EachJob(ProgressMeter.WHAT, problems, ticker);
        var wal = new EachJob(WalRateLimiter.WHAT, problems, ticker);
        return new LeaderLoop(
                new Dispatcher(board, new FairShares(), tasks, ticker),
                new Rollouts(new PostgresRollouts(database)),
                List.of(
                        new JobCompletion(new PostgresJobs(database, true), this::forget)::runOnce,
                        new Reaper(new PostgresLeases(database), settings.redispatchAfter())::runOnce,
                        new ProgressMeter(new PostgresCounts(database), ticker, speed)::runOnce,
                        new WalRateLimiter(new PostgresWal(database), ticker, wal)::runOnce,
                        new Windows(new PostgresWindows(database), ticker)::runOnce),
                settings.tick(),
                ticker);
    }

    private void forget(long job) {
        for (var tenant : new PostgresTenants(database).spoken(job)) {
            controlPublisher.forget(Scope.tenant(job, tenant), CONTROL_TIMEOUT);
        }
        controlPublisher.forget(Scope.job(job), CONTROL_TIMEOUT);
    }

    private static Database.Profile profile(CoordinatorSettings settings, Duration silence) {
        return new Database.Profile("backfleet-coordinator/" + settings.id(), CONNECTIONS, List.of(), silence);
    }

    private interface EpochWork {
        void run(long epoch);
    }
}
