package dev.backfleet.coordinator.postgres.undo;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.KeptRows;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.reconcile.CheckedJob;
import dev.backfleet.coordinator.operation.reconcile.ColumnFacts;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.NewPass;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Started;
import dev.backfleet.coordinator.operation.undo.Kept;
import dev.backfleet.coordinator.operation.undo.UndoJob;
import dev.backfleet.coordinator.postgres.job.AuditStore;
import dev.backfleet.coordinator.postgres.reconcile.DerivedJobStore;
import dev.backfleet.coordinator.postgres.reconcile.PostgresReconcile;
import dev.backfleet.coordinator.query.undo.ShowKept;
import java.util.Optional;
import java.util.stream.Collectors;

/** Stores undos as jobs, and removes kept values. */
public final class PostgresUndo implements UndoJob.Store, ShowKept.Store {
    private final Database database;
    private final PostgresReconcile jobs;

    public PostgresUndo(Database database) {
        this.database = database;
        this.jobs = new PostgresReconcile(database);
    }

    @Override
    public Optional<Kept> kept(long job) {
        return database.jdbi().withHandle(handle -> new KeptRowStore(handle).kept(job));
    }

    @Override
    public Optional<CheckedJob> checked(long job) {
        return jobs.checked(job);
    }

    @Override
    public JobDefinition undoing(CheckedJob undone) {
        var of = undone.definition();
        var rows = new KeptRows(of);
        var types = jobs.columns(of.table()).stream().collect(Collectors.toMap(ColumnFacts::name, ColumnFacts::type));
        return new JobDefinition(
                of.table(),
                of.key(),
                of.tenantLed(),
                new UpdateRows(
                        rows.restored(undone.id(), types),
                        rows.unchanged(undone.id()),
                        of.work().suppressesTriggers() ? Triggers.SUPPRESS : Triggers.FIRE,
                        OldValues.undoing(undone.id())),
                of.shardRows(),
                of.batchDuration(),
                of.batchMaxRows());
    }

    @Override
    public Optional<Started> undo(NewPass undo, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var undone = undo.checked().id();
            var derived = new DerivedJobStore(handle);
            var started = derived.insert(undo, actor, "undo of job " + undone);
            started.ifPresent(job -> {
                new KeptRowStore(handle).undoes(job.id(), undone);
                derived.copyThrottle(job.id(), undone);
            });
            return started;
        });
    }

    @Override
    public long drop(long job, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var bytes = new KeptRowStore(handle).empty(job);
            new AuditStore(handle).did(job, actor, "undo", "dropped the kept values");
            return bytes;
        });
    }

    @Override
    public Optional<ShowKept.KeptReport> report(long job) {
        return database.jdbi().inTransaction(handle -> {
            var store = new KeptRowStore(handle);
            return store.kept(job)
                    .map(kept -> new ShowKept.KeptReport(
                            kept,
                            store.count(job, ShowKept.MOST_COUNTED),
                            store.bytes(job),
                            store.keys(job, ShowKept.KEYS)));
        });
    }
}
