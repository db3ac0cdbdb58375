package dev.backfleet.coordinator.postgres.undo;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.KeptRows;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.operation.undo.Kept;
import dev.backfleet.coordinator.operation.undo.UndoJob;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.query.undo.ShowKept;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads and removes the values that jobs have kept, and says how they are put back. */
public final class PostgresUndo implements UndoJob.Store, ShowKept.Store {
    private final Database database;

    public PostgresUndo(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Kept> kept(long job) {
        return database.jdbi().withHandle(handle -> new KeptRowStore(handle).kept(job));
    }

    @Override
    public JobDefinition undoing(OriginJob undone, List<ColumnFacts> columns) {
        var of = undone.definition();
        var rows = new KeptRows(of);
        var types = columns.stream().collect(Collectors.toMap(ColumnFacts::name, ColumnFacts::type));
        return of.working(new UpdateRows(
                rows.restored(undone.id(), types),
                rows.unchanged(undone.id()),
                of.work().suppressesTriggers() ? Triggers.SUPPRESS : Triggers.FIRE,
                OldValues.undoing(undone.id()),
                of.work().migration()));
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
