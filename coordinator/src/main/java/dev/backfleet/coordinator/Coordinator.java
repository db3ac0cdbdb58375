package dev.backfleet.coordinator;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.failure.LostClasses;
import dev.backfleet.common.health.Check;
import dev.backfleet.common.health.Health;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.event.EventListener;
import dev.backfleet.common.kafka.setup.KafkaProbe;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.coordinator.control.ControlApplier;
import dev.backfleet.coordinator.control.TenantPauseQueue;
import dev.backfleet.coordinator.duty.AuditCheck;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.lead.LeaderLoop;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.coordinator.lead.MeasuredDuties;
import dev.backfleet.coordinator.lead.PeriodicThread;
import dev.backfleet.coordinator.lead.ThreadNames;
import dev.backfleet.coordinator.metric.LeaderMetrics;
import dev.backfleet.coordinator.migration.flag.FlagdDocument;
import dev.backfleet.coordinator.migration.flag.ShowFlags;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.PostgresLeadership;
import dev.backfleet.coordinator.postgres.audit.PostgresAudit;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.migration.PostgresFlags;
import dev.backfleet.coordinator.postgres.query.PostgresFigures;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import dev.backfleet.coordinator.query.audit.VerifyAudit;
import dev.backfleet.coordinator.throttle.Throttle;
import dev.backfleet.coordinator.webhook.Webhooks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator: plans, dispatches, throttles, reaps, completes and measures while it leads, and is on standby otherwise. It
 * is not in the data path: when it is gone, the workers finish their tasks and stop, and nothing is lost.
 */
public final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(8);
    private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(2);
    // Socket timeouts: statements that plan, split or isolate may run for minutes; all others end within seconds.
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration THROTTLE = Duration.ofSeconds(1);
    private static final Duration ISOLATE = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration BLIND = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 8;
    private static final int ISOLATION_ATTEMPTS = 3;

    private final CoordinatorSettings settings;
    private final Ticker ticker = Ticker.system();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Timelines timelines = new Timelines();
    private final Database database;
    private final Database tables;
    private final Database lease;
    private final LeaderDuties.Publishers publishers;
    private final ControlListener control;
    private final EventListener events;
    private final Leadership leadership;
    private final HealthSignals health;
    private final Throttle throttle;
    private final LeaderMetrics metrics;
    private final AuditCheck audit;
    private final Duty.Runner runner;
    private final EventDuties eventDuties;
    private final CutoverDuties cutovers;
    private final List<PeriodicThread> threads;

    private Coordinator(
            CoordinatorSettings settings,
            DatabaseSettings databaseSettings,
            KafkaClients kafka,
            Webhooks webhooks,
            MeterRegistry registry,
            Tracing tracing) {
        this.settings = settings;
        this.database = Database.open(databaseSettings, profile(settings, SHORT_TIMEOUT), timelines);
        this.tables = Database.open(databaseSettings, profile(settings, LONG_TIMEOUT), timelines);
        // Two thirds of the lease: after a timeout there is time for another attempt to renew it.
        this.lease = Database.single(
                databaseSettings,
                profile(settings, settings.lease().multipliedBy(2).dividedBy(3)),
                timelines);
        this.publishers = LeaderDuties.Publishers.open(kafka);
        this.leadership = new Leadership(
                new PostgresLeadership(lease, settings.id()), settings.lease(), this::abortSessions, ticker);
        this.health = new HealthSignals(settings.id(), settings, databaseSettings, ticker, timelines);
        this.throttle = new Throttle(health.source(), new PostgresThrottle(database), settings.throttle(), ticker);
        this.metrics = new LeaderMetrics(new PostgresFigures(database), throttle::readings, this::leads, ticker);
        this.audit = new AuditCheck(new VerifyAudit(new PostgresAudit(tables)), ticker);
        this.runner = new MeasuredDuties(registry, ticker, LostClasses.ending(ended));
        var duties = new LeaderDuties(settings, database, tables, publishers, tracing, ticker);
        this.cutovers = new CutoverDuties(settings, databaseSettings, database, tables, ticker, timelines);
        this.eventDuties = new EventDuties(webhooks, database, kafka, runner, registry);
        var loop = new LeaderLoop(duties.ofOneThread(leadership::unanswered), settings.tick(), runner, ticker);
        var work = new PeriodicThread(
                "duties", settings.tick(), woken -> leadership.epoch().ifPresent(epoch -> loop.runOnce(epoch, woken)));
        var isolation =
                new TenantPauseQueue(new ControlApplier(new PostgresControl(tables, ISOLATION_ATTEMPTS), work::wake));
        var isolate =
                PeriodicThread.patient("isolate", ISOLATE, woken -> runner.run(DutyName.ISOLATE, isolation::runOnce));
        var names = new ThreadNames();
        this.threads = Stream.concat(
                        Stream.of(
                                always(DutyName.LEAD, settings.lease().dividedBy(5), leadership::runOnce),
                                work,
                                isolate,
                                leading(Duty.every(THROTTLE, DutyName.THROTTLE, throttle::runOnce)),
                                leading(Duty.every(HEARTBEAT, DutyName.HEARTBEAT, this::beat))),
                        Stream.of(
                                        duties.ofTheirOwnThread(work::wake, metrics, audit),
                                        eventDuties.ofTheirOwnThread(),
                                        cutovers.ofTheirOwnThread())
                                .flatMap(List::stream)
                                .map(duty -> leadingPatiently(duty, names)))
                .toList();
        this.control = new ControlListener(
                kafka,
                settings.lease(),
                isolation.before(new ControlApplier(new PostgresControl(database), work::wake), isolate::wake),
                registry,
                timelines);
        this.events = new EventListener(kafka, event -> onEvent(event, work), registry);
        CoordinatorMetric.LEADER_NOW.gauge(registry, () -> leads() ? 1 : 0);
        CoordinatorMetric.LEADER_EPOCH.gauge(registry, () -> leadership.epoch().orElse(0));
    }

    /** Starts a coordinator without traces. */
    public static Coordinator start(
            CoordinatorSettings settings,
            DatabaseSettings database,
            KafkaSettings kafka,
            MeterRegistry registry,
            StartWait wait)
            throws InterruptedException {
        return start(settings, database, kafka, registry, Tracing.OFF, wait);
    }

    /**
     * Starts a coordinator.
     *
     * @param wait for another process that migrates the control schema
     * @throws RuntimeException if the database or Kafka cannot be reached, or rejects the setup
     */
    public static Coordinator start(
            CoordinatorSettings settings,
            DatabaseSettings database,
            KafkaSettings kafka,
            MeterRegistry registry,
            Tracing tracing,
            StartWait wait)
            throws InterruptedException {
        var webhooks = EventDuties.webhooks(settings, registry);
        PoolerCheck.refuse(database);
        ControlSchema.migrate(database, wait);
        var clients = new KafkaClients(kafka, "backfleet-coordinator-" + settings.id());
        new KafkaProbe(clients).await(KAFKA_TIMEOUT, wait);
        var mode = new TopicSetup(clients).run(SETUP_TIMEOUT);
        var coordinator = new Coordinator(settings, database, clients, webhooks, registry, tracing);
        LOG.atInfo()
                .addKeyValue("coordinator", settings.id())
                .addKeyValue("taskQueue", mode)
                .addKeyValue("action", EventAction.COORDINATOR_STARTED)
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

    /** Completes if it cannot go on, exceptionally, with the reason. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** What it publishes of the fleet and its jobs: nothing, unless it leads. */
    public List<MetricPoint> points() {
        var points = new ArrayList<>(metrics.points());
        if (leads()) {
            points.addAll(audit.points());
        }
        return points;
    }

    /** Its health: each loop that must make progress, and what it needs to lead or to stand by. */
    public Health health() {
        return new Health(
                Stream.concat(
                                threads.stream().map(PeriodicThread::check),
                                Stream.of(
                                        Check.loop("control", control.pulse()),
                                        Check.loop("shard-reports", events.pulse())))
                        .toList(),
                List.of(Check.database(leadership::sinceAnswer)));
    }

    /** All flags, in the format of flagd. */
    public FlagdDocument flags() {
        return new ShowFlags(new PostgresFlags(database)).flagd();
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
            LOG.atInfo().log("the lease could not be released; it expires by itself");
        }
        publishers.close();
        eventDuties.close();
        health.close();
        cutovers.close();
        lease.close();
        tables.close();
        database.close();
        LOG.atInfo()
                .addKeyValue("coordinator", settings.id())
                .addKeyValue("action", EventAction.COORDINATOR_STOPPED)
                .log("coordinator stopped");
    }

    private void abortSessions() {
        database.abort();
        tables.abort();
        health.abort();
        cutovers.abort();
    }

    private PeriodicThread always(DutyName name, Duration every, Runnable work) {
        return new PeriodicThread(name.text(), every, woken -> runner.run(name, work));
    }

    private PeriodicThread leading(Duty duty) {
        return new PeriodicThread(duty.name().text(), duty.every(), round(duty));
    }

    private PeriodicThread leadingPatiently(Duty duty, ThreadNames names) {
        return PeriodicThread.patient(names.next(duty.name()), duty.every(), round(duty));
    }

    private PeriodicThread.Round round(Duty duty) {
        return woken -> leadership
                .epoch()
                .ifPresent(epoch -> runner.run(duty.name(), () -> duty.work().accept(epoch)));
    }

    // A coordinator that cannot read the signals sends no heartbeat: workers that receive none stop by themselves.
    private void beat(long epoch) {
        if (throttle.blind().compareTo(BLIND) < 0) {
            publishers.control().publishHeartbeat(settings.id(), epoch, timelines.current(), CONTROL_TIMEOUT);
        }
    }

    // Only events that free a slot, or may have completed a job.
    private static void onEvent(Event event, PeriodicThread work) {
        if (event.type() != Event.Type.BATCHES && event.type() != Event.Type.CLAIMED) {
            work.wake();
        }
    }

    private static Database.Profile profile(CoordinatorSettings settings, Duration timeout) {
        return new Database.Profile("backfleet-coordinator/" + settings.id(), CONNECTIONS, List.of(), timeout);
    }
}
