package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.Derivation;
import dev.backfleet.coordinator.operation.derived.DerivedJob;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import java.util.Optional;

/**
 * Submits a job that gives the values of its expressions to the rows that the last reconcile has judged to be wrong, and to those
 * that are wrong by then. It has the limits, the throttle and the window of the job that is repaired.
 */
public final class RepairRows {
    private final Lookup lookup;
    private final DerivedJobs jobs;
    private final Passes passes;
    private final RowRules rules;

    /**
     * The operation.
     *
     * @param passes what reconciles have found
     * @param rules of which jobs the rows may no longer be computed again
     */
    public RepairRows(Lookup lookup, DerivedJobs jobs, Passes passes, RowRules rules) {
        this.lookup = lookup;
        this.jobs = jobs;
        this.passes = passes;
        this.rules = rules;
    }

    /**
     * Submits the repair.
     *
     * @param job the id or name of the job whose rows are wrong
     * @throws OperationRefused NOT_FOUND; INVALID if the job changes no rows itself, or its change cannot be computed again; NOT_NOW
     *     if it has not SUCCEEDED, if no reconcile has counted wrong rows, or if another repair is unfinished; CONFLICT if its
     *     table no longer matches its snapshot; GATE_CLOSED if it belongs to a migration without {@code down} whose reads are switched
     */
    public Repair run(Actor actor, String job) {
        var id = lookup.job(job);
        var checked = jobs.origin(id)
                .orElseThrow(() -> new OperationRefused(
                        Code.INVALID, "job " + job + " compares rows: name the job that it has checked", null));
        if (rules.of(id).onlyMissing()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the migration of " + checked.name() + " has no 'down', and tenants read its new shape:"
                            + " a repair would replace what was written there by what the old shape says",
                    "correct the rows yourself; or take the reads back first: backfleet migration rollback "
                            + checked.name());
        }
        checked.requireEnded("wrong rows are repaired when it has SUCCEEDED");
        checked.requireSameTable(ReconcileJob.SAME_TABLE);
        var counted = passes.counted(id)
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
        var repair = DerivedJob.update(
                checked,
                Derivation.REPAIR,
                repair(checked.definition(), counted),
                ReconcileJob.used(counted.definition(), jobs.columns(checked)),
                checked.limits());
        return new Repair(jobs.submit(repair, actor), counted.wrong());
    }

    private static JobDefinition repair(JobDefinition of, Counted counted) {
        if (of.work() instanceof CopyRows copy) {
            return of.working(new CopyRows(
                    copy.into(),
                    copy.values(),
                    counted.condition(),
                    OnConflict.UPDATE,
                    copy.back(),
                    copy.triggers(),
                    copy.migration()));
        }
        var compare = counted.definition().compareRows();
        var set = compare.compared().stream()
                .map(column -> new Assignment(column.name(), column.number(), column.expression()))
                .toList();
        return of.working(new UpdateRows(
                set,
                counted.condition(),
                of.updateRows().triggers(),
                OldValues.LOST,
                of.work().migration()));
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

    /** The reconciles of the jobs. */
    @FunctionalInterface
    public interface Passes {
        /** The last reconcile of a job that has finished. */
        Optional<Counted> counted(long job);
    }
}
