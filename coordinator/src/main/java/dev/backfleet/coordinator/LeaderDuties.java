package dev.backfleet.coordinator;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.kafka.event.DriftPublisher;
import dev.backfleet.common.kafka.task.KafkaTaskPublisher;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.coordinator.control.Outbox;
import dev.backfleet.coordinator.cost.GrowthMeasurement;
import dev.backfleet.coordinator.cost.PassesCheck;
import dev.backfleet.coordinator.cost.WalBooks;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.AuditCheck;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.duty.DriftReports;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.duty.ProgressMeter;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.duty.RepeatedReconciles;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.duty.WalRateLimiter;
import dev.backfleet.coordinator.duty.Windows;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.metric.LeaderMetrics;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.cost.PostgresCosts;
import dev.backfleet.coordinator.postgres.cost.PostgresPasses;
import dev.backfleet.coordinator.postgres.job.PostgresProblems;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSelfPausedJobs;
import dev.backfleet.coordinator.postgres.job.PostgresSubmissions;
import dev.backfleet.coordinator.postgres.job.PostgresWindows;
import dev.backfleet.coordinator.postgres.plan.PostgresCompleteness;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.reconcile.PostgresDrifts;
import dev.backfleet.coordinator.postgres.reconcile.PostgresSchedules;
import dev.backfleet.coordinator.postgres.shard.PostgresCounts;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import dev.backfleet.coordinator.postgres.shard.PostgresSplits;
import dev.backfleet.coordinator.postgres.throttle.PostgresWal;
import dev.backfleet.coordinator.postgres.timekeeping.PostgresTimeBooks;
import dev.backfleet.coordinator.timekeeping.TimeKeeper;
import dev.backfleet.coordinator.trace.JobTraces;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Wires the duties of the leader to the control schema and to Kafka, with their names and paces. */
final class LeaderDuties {
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SPLIT = Duration.ofMillis(500);
    private static final Duration OUTBOX = Duration.ofSeconds(1);

    private final CoordinatorSettings settings;
    private final Database database;
    private final Database tables;
    private final Publishers publishers;
    private final JobTraces traces;
    private final Ticker ticker;

    /**
     * Wires the duties.
     *
     * @param database for statements on the control schema
     * @param tables for statements that may take minutes
     */
    LeaderDuties(
            CoordinatorSettings settings,
            Database database,
            Database tables,
            Publishers publishers,
            Tracing tracing,
            Ticker ticker) {
        this.settings = settings;
        this.database = database;
        this.tables = tables;
        this.publishers = publishers;
        this.traces = new JobTraces(tracing, new PostgresSubmissions(database), publishers.topic());
        this.ticker = ticker;
    }

    /** The duties that may wait for long: for locks of tables, for signals, or for Kafka. */
    List<Duty> ofTheirOwnThread(Runnable wakeDispatcher, LeaderMetrics metrics, AuditCheck audit) {
        var planner = new Planner(traces.around(new PostgresPlans(tables)), each(Planner.WHAT));
        var drift = new SchemaDriftCheck(new PostgresPins(tables), each(SchemaDriftCheck.WHAT));
        var check = new CompletenessCheck(new PostgresCompleteness(tables, ticker), each(CompletenessCheck.WHAT));
        var splitter = new StragglerSplitter(
                new PostgresDispatchQueue(database), new PostgresSplits(tables), each(StragglerSplitter.WHAT));
        var recovery = new Recovery(new PostgresSelfPausedJobs(tables));
        var outbox = new Outbox(
                new PostgresControl(database),
                (scope, record) -> publishers.control().publish(scope, record, CONTROL_TIMEOUT));
        var reconciles = new RepeatedReconciles(
                new PostgresSchedules(tables), each(RepeatedReconciles.WHAT), each(RepeatedReconciles.OF_WAVE));
        var drifts = new DriftReports(
                new PostgresDrifts(database), event -> publishers.drift().publish(event, CONTROL_TIMEOUT));
        var growth = new GrowthMeasurement(new PostgresCosts(tables), each(GrowthMeasurement.WHAT));
        // A job that has just been planned is dispatched now, not with the next tick.
        var plan = Duty.every(settings.tick(), DutyName.PLAN, () -> planner.runOnce(wakeDispatcher));
        return List.of(
                plan,
                // A second thread: a job that takes long to plan does not delay the others.
                plan,
                Duty.every(SchemaDriftCheck.EVERY, DutyName.SCHEMA_DRIFT, drift::runOnce),
                Duty.every(settings.tick(), DutyName.COMPLETENESS, () -> check.runOnce(wakeDispatcher)),
                Duty.every(SPLIT, DutyName.SPLIT, () -> {
                    if (splitter.runOnce()) {
                        wakeDispatcher.run();
                    }
                }),
                Duty.every(settings.tick(), DutyName.RECOVERY, recovery::runOnce),
                Duty.every(OUTBOX, DutyName.CONTROL_RECORDS, outbox::runOnce),
                Duty.every(GrowthMeasurement.EVERY, DutyName.GROWTH, growth::runOnce),
                Duty.every(RepeatedReconciles.EVERY, DutyName.RECONCILE, reconciles::runOnce),
                Duty.every(DriftReports.EVERY, DutyName.DRIFT_EVENTS, drifts::runOnce),
                Duty.every(LeaderMetrics.EVERY, DutyName.METRICS, metrics::runOnce),
                Duty.every(AuditCheck.EVERY, DutyName.AUDIT, audit::runOnce),
                Duty.every(TimeKeeper.THIN, DutyName.SAMPLES, new PostgresTimeBooks(tables)::thin));
    }

    /**
     * The short duties, which share a thread: none of them waits for anything but the control schema and Kafka.
     *
     * @param unanswered how many requests for the lease the database has not answered so far
     */
    List<Duty> ofOneThread(LongSupplier unanswered) {
        var dispatcher = new Dispatcher(new PostgresDispatchQueue(database), traces.around(publishers.tasks()), ticker);
        var completion = new JobCompletion(new PostgresJobs(database, true), this::forget);
        var reaper = new Reaper(new PostgresLeases(database), settings.redispatchAfter());
        var progress = new ProgressMeter(new PostgresCounts(database), ticker, each(ProgressMeter.WHAT));
        var passes = new PassesCheck(new PostgresPasses(database), each(PassesCheck.WHAT));
        var wal = new WalRateLimiter(new PostgresWal(database), each(WalRateLimiter.WHAT));
        return List.of(
                Duty.eachRound(DutyName.DISPATCH, dispatcher::runOnce),
                Duty.eachTick(DutyName.COMPLETION, completion::runOnce),
                Duty.eachTick(DutyName.REAP, reaper::runOnce),
                Duty.every(ProgressMeter.EVERY, DutyName.PROGRESS, progress::runOnce),
                Duty.every(WalRateLimiter.EVERY, DutyName.WAL_RATE, wal::runOnce),
                Duty.every(WalBooks.EVERY, DutyName.WAL_BOOKS, new WalBooks(new PostgresCosts(database))::runOnce),
                Duty.every(PassesCheck.EVERY, DutyName.PASSES, passes::runOnce),
                Duty.every(Windows.EVERY, DutyName.WINDOWS, new Windows(new PostgresWindows(database))::runOnce),
                Duty.every(Rollouts.EVERY, DutyName.ROLLOUTS, new Rollouts(new PostgresRollouts(database))::runOnce),
                Duty.every(
                        TimeKeeper.EVERY,
                        DutyName.TIME,
                        new TimeKeeper(new PostgresTimeBooks(database), unanswered)::runOnce));
    }

    private EachJob each(String what) {
        return new EachJob(what, new PostgresProblems(database), ticker);
    }

    private void forget(long job) {
        for (var tenant : new PostgresTenants(database).withControlRecords(job)) {
            publishers.control().forget(Scope.tenant(job, tenant), CONTROL_TIMEOUT);
        }
        publishers.control().forget(Scope.job(job), CONTROL_TIMEOUT);
    }

    /** What a coordinator writes to topics. */
    record Publishers(TaskPublisher tasks, ControlPublisher control, DriftPublisher drift, String topic)
            implements AutoCloseable {
        static Publishers open(KafkaClients kafka) {
            return new Publishers(
                    new KafkaTaskPublisher(kafka),
                    new ControlPublisher(kafka),
                    new DriftPublisher(kafka),
                    kafka.topics().tasks());
        }

        @Override
        public void close() {
            tasks.close();
            control.close();
            drift.close();
        }
    }
}
