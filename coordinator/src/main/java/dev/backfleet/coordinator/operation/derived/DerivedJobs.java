package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Objection;
import java.util.List;
import java.util.Optional;

/** Submits jobs that are derived from another one: PostgreSQL checks their statements, and one of each kind is unfinished at a time. */
public final class DerivedJobs {
    private final Catalog catalog;
    private final Store store;

    public DerivedJobs(Catalog catalog, Store store) {
        this.catalog = catalog;
        this.store = store;
    }

    /**
     * The job from which another one is to be derived; nothing if it is a reconcile, which changes no rows.
     *
     * @param job its id
     */
    public Optional<OriginJob> origin(long job) {
        return store.origin(job);
    }

    /** The columns of a job's table, in order. */
    public List<ColumnFacts> columns(OriginJob origin) {
        return store.columns(origin.definition().table());
    }

    /** The columns of the table that takes the copies of a job, in order; none if it copies no rows. */
    public List<ColumnFacts> columnsOfCopies(OriginJob origin) {
        return origin.definition().work() instanceof CopyRows copy
                ? store.columns(new JobDefinition.Table(
                        copy.into().oid(), copy.into().schema(), copy.into().name()))
                : List.of();
    }

    /**
     * Lets PostgreSQL check the statements of a job on each kind of leaf.
     *
     * @throws OperationRefused CONFLICT if it rejects them
     */
    public void requireAccepted(DerivedJob job) {
        for (var leaf : catalog.shapes(job.origin().leaves())) {
            catalog.objection(job.definition(), leaf).filter(Objection::refuses).ifPresent(one -> {
                throw new OperationRefused(
                        Code.CONFLICT,
                        "PostgreSQL rejects the " + job.derivation().noun() + ": " + one.words(),
                        "change what it names");
            });
        }
    }

    /**
     * Checks a job, and stores it.
     *
     * @throws OperationRefused CONFLICT if PostgreSQL rejects its statements, or the other job has changed its state meanwhile;
     *     NOT_NOW if one of the same kind is unfinished
     */
    public Started submit(DerivedJob job, Actor actor) {
        requireAccepted(job);
        return store.store(job, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_NOW,
                        "the " + job.derivation().word() + " of " + job.origin().name() + " is unfinished",
                        "see 'backfleet status " + job.name() + "', or cancel it"));
    }

    /** The jobs and their tables. */
    public interface Store {
        /** A job that changes rows, with its table as it is now; nothing if it is a reconcile. */
        Optional<OriginJob> origin(long job);

        /** The columns of a table, in order. */
        List<ColumnFacts> columns(JobDefinition.Table table);

        /**
         * Stores a derived job as PLANNING and audits it, in one transaction.
         *
         * @return nothing if another one of the same kind is unfinished
         * @throws OperationRefused STALE if the other job is no longer in the state in which it was read; CONFLICT if its table no longer
         *     matches its snapshot
         */
        Optional<Started> store(DerivedJob job, Actor actor);
    }
}
