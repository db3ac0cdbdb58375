package dev.backfleet.coordinator.operation.undo;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.Derivation;
import dev.backfleet.coordinator.operation.derived.DerivedJob;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Submits a job that puts back the values that a finished job has overwritten and kept, in each row that still has what that job
 * wrote. It is a job like any other, with the limits, the throttle and the window of the job that is undone.
 */
public final class UndoJob {
    private final Lookup lookup;
    private final DerivedJobs jobs;
    private final Intake intake;
    private final Store store;

    public UndoJob(Lookup lookup, DerivedJobs jobs, Intake intake, Store store) {
        this.lookup = lookup;
        this.jobs = jobs;
        this.intake = intake;
        this.store = store;
    }

    /**
     * Submits it.
     *
     * @param job the id or name of the job to undo
     * @param rate rows per second instead of those of the job; nothing: the same
     * @throws OperationRefused NOT_FOUND; INVALID if the job keeps nothing; NOT_NOW if it, or an undo of it, is unfinished, if no kept
     *     value is left, or if another unfinished job sets one of its columns; CONFLICT if its table no longer matches its snapshot;
     *     STALE if it was retried meanwhile
     */
    public Started run(Actor actor, String job, Optional<OptionalLong> rate) {
        var id = lookup.job(job);
        var kept = store.kept(id).orElseThrow();
        kept.requireAtRest("it can be undone");
        if (!kept.any()) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "no kept values of " + kept.name()
                            + " are left: they were put back or dropped, or it has changed no row",
                    "see 'backfleet history " + kept.name() + "'");
        }
        var undone = jobs.origin(id).orElseThrow();
        undone.requireSameTable("restore what it names; the kept values are text, in backfleet.kept_row");
        requireAlone(undone);
        var definition = store.undoing(undone, jobs.columns(undone));
        var undo = DerivedJob.update(
                undone,
                Derivation.UNDO,
                definition,
                used(definition),
                limits(undone.limits(), rate.orElse(undone.limits().rowsPerSecond())));
        return jobs.submit(undo, actor);
    }

    private void requireAlone(OriginJob job) {
        var set = job.definition().work().columns();
        intake.unfinished(job.leaves()).stream()
                .filter(other -> other.columns().stream().anyMatch(set::contains))
                .findFirst()
                .ifPresent(other -> {
                    throw new OperationRefused(
                            Code.NOT_NOW,
                            "the unfinished job " + other.name() + " (id " + other.id() + ") sets the same columns",
                            "wait for its end, or cancel it");
                });
    }

    /** The columns that it uses: none of them may change while it runs. */
    private static List<String> used(JobDefinition job) {
        var names = new LinkedHashSet<String>();
        job.key().forEach(column -> names.add(column.name()));
        names.addAll(job.work().columns());
        return List.copyOf(names);
    }

    private static Limits limits(Limits of, OptionalLong rate) {
        return new Limits(
                of.shardRows(),
                of.batchDuration(),
                of.batchMaxRows(),
                of.rowTimeout(),
                rate,
                of.walBytesPerSecond(),
                of.concurrency(),
                of.priority(),
                of.errorBudget(),
                OptionalInt.empty());
    }

    /** The jobs, and what they have kept. */
    public interface Store extends DropKept.Store {
        /**
         * What a job does that puts back what another one has kept.
         *
         * @param columns the columns of the table
         */
        JobDefinition undoing(OriginJob undone, List<ColumnFacts> columns);
    }
}
