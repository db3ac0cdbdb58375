package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a migration as far as it goes without a decision of a person: to READY. Whatever was done before, by whomever, is found done; so
 * the same command goes on after a crash, and a pipeline runs it again and again.
 */
public final class ApplyMigration {
    private final MigrationLog log;
    private final MigrationJobs jobs;
    private final Sleeper sleeper;

    public ApplyMigration(MigrationLog log, MigrationJobs jobs, Sleeper sleeper) {
        this.log = log;
        this.jobs = jobs;
        this.sleeper = sleeper;
    }

    /**
     * Applies.
     *
     * @param request what is applied, and how
     * @return where it ends, and what for it waits
     * @throws OperationRefused NOT_NOW if another command takes it on at this moment; CONFLICT if another file of that name was applied before, or something is in the way of a step
     * @throws LocksNotObtained if a step does not get its locks
     * @throws dev.backfleet.coordinator.ddl.DdlFailed if PostgreSQL rejects a statement
     */
    public Applied run(Actor actor, Request request, ApplyProgress progress) throws InterruptedException {
        var steps = request.steps().get();
        var stored = stored(actor, request, steps);
        try (var lock = log.begin(stored.id())) {
            // Not before: another command may be at work by the file that is stored.
            log.replace(stored.id(), request.migration().source(), steps);
            var known = request.with(() -> known(stored, request));
            return new ApplyRun(log, jobs, sleeper, actor, known, stored, progress).toTheEnd(steps);
        }
    }

    // Steps that are new, such as those of a table that another one has made, are stored before they are made: only
    // what
    // is known to be ours is taken back.
    private List<Step> known(Stored stored, Request request) {
        var steps = request.steps().get();
        log.replace(stored.id(), request.migration().source(), steps);
        return steps;
    }

    private Stored stored(Actor actor, Request request, List<Step> steps) {
        var migration = request.migration();
        var live = log.live(migration.name());
        if (live.isEmpty()) {
            return log.create(migration, request.table(), steps, actor);
        }
        var stored = live.get();
        if (!stored.table().equals(request.table())) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " is one of the table " + stored.table(),
                    "give this one another name, or abort the other: backfleet migration abort " + stored.name());
        }
        FileChanges.refuse(stored, migration);
        return stored;
    }

    /**
     * What is applied, and how.
     *
     * @param table its table, with its schema
     * @param steps derives all its steps, by what the table is now
     * @param executor executes the steps of the migration of an id
     * @param waits whether to wait for jobs; otherwise it ends where it would wait
     */
    public record Request(
            Migration migration,
            String table,
            Supplier<List<Step>> steps,
            LongFunction<StepExecutor> executor,
            boolean waits) {

        private Request with(Supplier<List<Step>> others) {
            return new Request(migration, table, others, executor, waits);
        }
    }

    /**
     * Where an apply has ended.
     *
     * @param waitsFor what it waits for, as a clause; null: nothing
     * @param end why it ended
     * @param job the job that it concerns; null: none
     */
    public record Applied(
            long id,
            String name,
            MigrationState state,
            End end,
            @Nullable String waitsFor,
            @Nullable Long job) {}

    /** Why an apply has ended. */
    public enum End {
        /** The migration is READY. */
        READY,
        /** A job goes on, and the apply does not wait for it. */
        WAITS,
        /** The backfill has not SUCCEEDED. */
        JOB_FAILED,
        /** Rows of the backfill are in quarantine. */
        QUARANTINED,
        /** The reconcile has found wrong rows, or could not judge all. */
        GATE_CLOSED,
        /** Another tool executes the statements, and has not yet. */
        OTHERS
    }
}
