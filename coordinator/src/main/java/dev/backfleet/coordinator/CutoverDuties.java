package dev.backfleet.coordinator;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.DutyName;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.lead.Duty;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.RowGate;
import dev.backfleet.coordinator.migration.cutover.CountingGate;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.watch.LastLook;
import dev.backfleet.coordinator.migration.watch.TakeSteps;
import dev.backfleet.coordinator.migration.watch.ThrottleSignals;
import dev.backfleet.coordinator.migration.watch.WatchCutovers;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.postgres.job.PostgresProblems;
import dev.backfleet.coordinator.postgres.migration.FlagStore;
import dev.backfleet.coordinator.postgres.migration.MigrationStore;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrations;
import dev.backfleet.coordinator.postgres.migration.PostgresWatches;
import dev.backfleet.coordinator.postgres.migration.TenantCountStore;
import dev.backfleet.coordinator.postgres.migration.TenantValueStore;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import java.util.List;

/**
 * Wires the duties of cutovers. They read signals in a session of their own, opened when a cutover names one: a signal that is slow to read
 * must not hold the throttle up, nor the throttle the way back.
 */
final class CutoverDuties implements AutoCloseable {
    private final HealthSignals health;
    private final List<Duty> duties;

    /**
     * Wires the duties.
     *
     * @param database for statements on the control schema
     * @param tables for statements that may take minutes
     */
    CutoverDuties(
            CoordinatorSettings settings,
            DatabaseSettings where,
            Database database,
            Database tables,
            Ticker ticker,
            Timelines timelines) {
        this.health = new HealthSignals(settings.id() + "/cutover", settings, where, ticker, timelines);
        var watches = new PostgresWatches(database);
        var watch = new WatchCutovers(
                watches,
                new ThrottleSignals(health.source(), watches, watches, ticker),
                new RollBack(
                        new MigrationStore(database),
                        new FlagStore(database),
                        new TenantsOfTable(new TenantValueStore(database)::of),
                        CutoverDuties::stored),
                CutoverDuties::stored,
                new EachJob(WatchCutovers.WHAT, new PostgresProblems(database), ticker));
        var gate = new AskGate(new Lookup(new PostgresQueries(tables)), new PostgresVerdicts(tables));
        var log = new MigrationStore(tables);
        var steps = new TakeSteps(
                new PostgresWatches(tables),
                log,
                new CutOver(
                        log,
                        new CountingGate(new RowGate(gate, log), new TenantCountStore(tables)),
                        new FlagStore(tables),
                        new PostgresMigrations(tables)::syncDifference,
                        new LastLook(new PostgresWatches(tables), CutoverDuties::stored),
                        new TenantsOfTable(new TenantValueStore(tables)::of),
                        CutoverDuties::stored),
                CutoverDuties::stored,
                new EachJob(TakeSteps.WHAT, new PostgresProblems(database), ticker));
        this.duties = List.of(
                Duty.every(WatchCutovers.EVERY, DutyName.CUTOVER_WATCH, watch::runOnce),
                Duty.every(TakeSteps.EVERY, DutyName.CUTOVER, steps::runOnce));
    }

    private static Migration stored(String source) {
        return MigrationParser.parse("the file that was applied", source).migration();
    }

    /** Each has a thread of its own: a gate that takes long to ask must not hold the way back up. */
    List<Duty> ofTheirOwnThread() {
        return duties;
    }

    /** Closes the session: the next statement uses a new connection. Call this after an outage. */
    void abort() {
        health.abort();
    }

    @Override
    public void close() {
        health.close();
    }
}
