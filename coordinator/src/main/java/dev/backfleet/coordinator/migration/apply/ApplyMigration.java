package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.StepTables.StepTable;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a migration as far as it goes without a decision of a person: to READY. Whatever was done before, by whomever, is found done; so
 * the same command goes on after a crash, and a pipeline runs it again and again.
 */
public final class ApplyMigration {
    private final MigrationLog log;
    private final MigrationJobs jobs;
    private final StepTables tables;
    private final FirstApply first;
    private final Sleeper sleeper;

    /**
     * The operation.
     *
     * @param first what is asked before a migration is applied for the first time
     */
    public ApplyMigration(MigrationLog log, MigrationJobs jobs, StepTables tables, FirstApply first, Sleeper sleeper) {
        this.log = log;
        this.jobs = jobs;
        this.tables = tables;
        this.first = first;
        this.sleeper = sleeper;
    }

    /**
     * Applies. Why it could not go on is stored, unless another command is at work.
     *
     * @param waits whether to wait for jobs; otherwise it ends where it would wait
     * @return where it ends, and what for it waits
     * @throws OperationRefused NOT_NOW if another command takes it on at this moment; CONFLICT if another file of that name was applied before, or
     *     something is in the way of a step; GATE_CLOSED if a finding of its plan refuses a migration that was not applied before
     * @throws LocksNotObtained if a step does not get its locks
     * @throws dev.backfleet.coordinator.ddl.DdlFailed if PostgreSQL rejects a statement
     */
    public Applied run(Actor actor, ParsedMigration file, boolean waits, ApplyProgress progress)
            throws InterruptedException {
        var stored = log.live(file.migration().name()).orElseGet(() -> created(actor, file));
        try (var lock = log.begin(stored.id())) {
            return noted(actor, stored, file, waits, progress);
        }
    }

    private Applied noted(Actor actor, Stored stored, ParsedMigration file, boolean waits, ApplyProgress progress)
            throws InterruptedException {
        try {
            return applied(actor, stored, file, waits, progress);
        } catch (SpecException e) {
            log.refused(stored.id(), Kind.INVALID, e.problem().message(), null);
            throw e;
        } catch (ExplainedFailure e) {
            // What cannot be reached cannot be told either.
            if (e.kind() != Kind.UNUSABLE) {
                log.refused(stored.id(), e.kind(), e.what(), e.remedy());
            }
            throw e;
        }
    }

    private Stored created(Actor actor, ParsedMigration file) {
        first.require(file);
        var table = tables.of(file, actor);
        return log.create(file.migration(), table.name(), table.steps(), actor);
    }

    private Applied applied(Actor actor, Stored stored, ParsedMigration file, boolean waits, ApplyProgress progress)
            throws InterruptedException {
        var table = tables.of(file, actor);
        FileChanges.refuse(stored, file.migration(), table.name());
        var request = new ApplyRun.Request(
                file.migration(), () -> known(stored, file, table), table.executor(stored.id()), waits);
        return new ApplyRun(log, jobs, sleeper, actor, request, stored, progress).toTheEnd();
    }

    // Steps that are new, such as those of a table that another one has made, are stored before they are made: only
    // what
    // is known to be ours is taken back. While the old columns are renamed, none can be derived: the expressions name
    // them. Limits of the file may change then, too.
    private List<Step> known(Stored stored, ParsedMigration file, StepTable table) {
        var steps = stored.state() == MigrationState.RENAMED ? List.<Step>of() : table.steps();
        log.replace(stored.id(), file.migration().source(), steps);
        return steps;
    }

    /** What is asked before a migration is applied for the first time. */
    @FunctionalInterface
    public interface FirstApply {
        /**
         * Asks.
         *
         * @throws OperationRefused GATE_CLOSED if something speaks against it
         */
        void require(ParsedMigration file);
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
