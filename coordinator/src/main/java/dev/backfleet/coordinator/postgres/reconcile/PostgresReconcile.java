package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.reconcile.CheckedJob;
import dev.backfleet.coordinator.operation.reconcile.ColumnFacts;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.NewPass;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Started;
import dev.backfleet.coordinator.operation.reconcile.RepairRows;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Stores reconciles as jobs, each in one transaction. */
public final class PostgresReconcile implements ReconcileJob.Store, RepairRows.Store {
    private final Database database;

    public PostgresReconcile(Database database) {
        this.database = database;
    }

    @Override
    public Optional<CheckedJob> checked(long job) {
        return database.jdbi().inTransaction(handle -> new ReconcileStore(handle).checked(job));
    }

    @Override
    public List<ColumnFacts> columns(JobDefinition.Table table) {
        return database.jdbi().inTransaction(handle -> new ColumnFactsStore(handle).columns(table));
    }

    @Override
    public Set<String> volatileFunctions(Set<String> names) {
        return database.jdbi().withHandle(handle -> new ColumnFactsStore(handle).volatileFunctions(names));
    }

    @Override
    public Optional<Started> start(NewPass pass, Actor actor) {
        return database.jdbi().inTransaction(handle -> start(handle, pass, actor));
    }

    @Override
    public Optional<RepairRows.Counted> counted(long job) {
        return database.jdbi().withHandle(handle -> new ReconcileStore(handle).counted(job));
    }

    @Override
    public Optional<Started> repair(NewPass repair, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var jobs = new DerivedJobStore(handle);
            var started = jobs.insert(
                    repair, actor, "repair of job " + repair.checked().id());
            started.ifPresent(
                    job -> jobs.copyThrottle(job.id(), repair.checked().id()));
            return started;
        });
    }

    private static Optional<Started> start(Handle handle, NewPass pass, Actor actor) {
        var started = new DerivedJobStore(handle)
                .insert(pass, actor, "reconcile of job " + pass.checked().id());
        started.ifPresent(job -> new ReconcileStore(handle).checks(job.id(), pass.checked()));
        return started;
    }
}
