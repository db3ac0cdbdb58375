package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.NewPass;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Started;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Objection;
import java.util.List;
import java.util.Optional;

/**
 * Submits a job that gives the values of its expressions to the rows that the last reconcile has judged to be wrong, and to those
 * that are wrong by then. It has the limits, the throttle and the window of the job that is repaired.
 */
public final class RepairRows {
    private final Lookup lookup;
    private final Catalog catalog;
    private final Store store;

    public RepairRows(Lookup lookup, Catalog catalog, Store store) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.store = store;
    }

    /**
     * Submits the repair.
     *
     * @param job the id or name of the job whose rows are wrong
     * @throws OperationRefused NOT_FOUND; INVALID if the job changes no rows itself, or its change cannot be computed again; NOT_NOW
     *     if it has not SUCCEEDED, if no reconcile has counted wrong rows, or if another repair is unfinished; CONFLICT if its
     *     table no longer matches its snapshot
     */
    public Repair run(Actor actor, String job) {
        var id = lookup.job(job);
        var checked = store.checked(id)
                .orElseThrow(() -> new OperationRefused(
                        Code.INVALID, "job " + job + " compares rows: name the job that it has checked", null));
        checked.requireEnded("wrong rows are repaired when it has SUCCEEDED");
        checked.requireComparable();
        var counted = store.counted(id)
                .filter(pass -> pass.wrong() > 0)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_NOW,
                        "no reconcile of " + checked.name() + " has found a wrong row",
                        "'backfleet reconcile " + checked.name() + "' counts them first"));
        var compare = counted.definition().compareRows();
        if (!compare.recomputable()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the change of " + checked.name() + " cannot be computed again:",
                    "correct its rows yourself");
        }
        var name = checked.name() + ".repair";
        var repair = repair(checked.definition(), counted);
        for (var leaf : catalog.shapes(checked.leaves())) {
            catalog.objection(repair, leaf).filter(Objection::refuses).ifPresent(one -> {
                throw new OperationRefused(
                        Code.CONFLICT, "PostgreSQL rejects the repair: " + one.words(), "change what it names");
            });
        }
        var used = ReconcileJob.used(
                counted.definition(), store.columns(checked.definition().table()));
        var started = store.repair(
                        new NewPass(
                                checked,
                                name,
                                DerivedSpec.text("backfleet reconcile --repair", name, repair),
                                repair,
                                used,
                                checked.limits()),
                        actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_NOW,
                        "a repair of " + checked.name() + " is unfinished",
                        "see 'backfleet status " + name + "', or cancel it"));
        return new Repair(started, counted.wrong());
    }

    private static JobDefinition repair(JobDefinition of, Counted counted) {
        var compare = counted.definition().compareRows();
        var set = compare.compared().stream()
                .map(column -> new Assignment(column.name(), column.number(), column.expression()))
                .toList();
        return new JobDefinition(
                of.table(),
                of.key(),
                of.tenantLed(),
                new UpdateRows(set, counted.condition(), of.updateRows().triggers()),
                of.shardRows(),
                of.batchDuration(),
                of.batchMaxRows());
    }

    /**
     * A repair that was stored.
     *
     * @param wrong how many rows the last reconcile has found wrong
     */
    public record Repair(Started job, long wrong) {}

    /**
     * The last reconcile that has finished.
     *
     * @param definition what it has compared
     * @param condition the SQL condition for a row that is wrong
     * @param wrong how many rows it has found wrong
     */
    public record Counted(JobDefinition definition, String condition, long wrong) {}

    /** The jobs and their reconciles. */
    public interface Store {
        /** A job, with its table as it is now; nothing if it changes no rows itself. */
        Optional<CheckedJob> checked(long job);

        /** The columns of a table, in order. */
        List<ColumnFacts> columns(JobDefinition.Table table);

        /** The last reconcile of a job that has finished. */
        Optional<Counted> counted(long job);

        /** Stores a repair as PLANNING and audits it, in one transaction; nothing if another one of the same job is unfinished. */
        Optional<Started> repair(NewPass repair, Actor actor);
    }
}
