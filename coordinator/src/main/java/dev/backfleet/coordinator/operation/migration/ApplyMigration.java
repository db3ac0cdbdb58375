package dev.backfleet.coordinator.operation.migration;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.migration.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.operation.migration.MigrationLog.Stored;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes a migration as far as it goes without a decision of a person: to READY. Whatever was done before, by whomever, is found done; so
 * the same command goes on after a crash, and a pipeline runs it again and again.
 */
public final class ApplyMigration {
    private static final Duration LOOK = Duration.ofSeconds(1);

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
     * @throws OperationRefused CONFLICT if another file of that name was applied before, or something is in the way of a step
     * @throws LocksNotObtained if a step does not get its locks
     * @throws dev.backfleet.coordinator.ddl.DdlFailed if PostgreSQL rejects a statement
     */
    public Applied run(Actor actor, Request request, ApplyProgress progress) throws InterruptedException {
        var stored = stored(actor, request);
        return new Run(actor, request, stored, progress).toTheEnd();
    }

    private Stored stored(Actor actor, Request request) {
        var migration = request.migration();
        var live = log.live(migration.name());
        if (live.isEmpty()) {
            return log.create(migration, request.table(), request.steps(), actor);
        }
        var stored = live.get();
        if (!stored.table().equals(request.table())) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " is one of the table " + stored.table(),
                    "give this one another name, or abort the other: backfleet migration abort " + stored.name());
        }
        request.before(stored.source());
        log.replace(stored.id(), migration.source(), request.steps());
        return stored;
    }

    /**
     * What is applied, and how.
     *
     * @param table its table, with its schema
     * @param steps all its steps
     * @param executor executes the steps of the migration of an id
     * @param waits whether to wait for jobs; otherwise it ends where it would wait
     * @param change refuses a file that differs from the one applied before where it must not, given that one's text
     */
    public record Request(
            Migration migration,
            String table,
            List<Step> steps,
            LongFunction<StepExecutor> executor,
            boolean waits,
            FileChange change) {
        public Request {
            steps = List.copyOf(steps);
        }

        void before(String source) {
            if (!source.equals(migration.source())) {
                change.check(source);
            }
        }
    }

    /** Compares a file with the one that was applied before. */
    @FunctionalInterface
    public interface FileChange {

        /**
         * Checks.
         *
         * @param before the text of the file that was applied before
         * @throws OperationRefused CONFLICT if they describe different changes
         */
        void check(String before);
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

    private final class Run {
        private final Actor actor;
        private final Request request;
        private final Migration migration;
        private final Stored stored;
        private final ApplyProgress progress;
        private final StepExecutor executor;
        private final StepRunner runner;
        private MigrationState state;
        private @Nullable Long job;

        Run(Actor actor, Request request, Stored stored, ApplyProgress progress) {
            this.actor = actor;
            this.request = request;
            this.migration = request.migration();
            this.stored = stored;
            this.progress = progress;
            this.executor = request.executor().apply(stored.id());
            this.runner = new StepRunner(executor, progress, sleeper);
            this.state = stored.state();
            this.job = stored.job().orElse(null);
        }

        Applied toTheEnd() throws InterruptedException {
            // A READY migration is looked at again: its gate may have closed, and something may have been removed.
            while (true) {
                var end = next();
                if (end != null) {
                    return end;
                }
            }
        }

        private @Nullable Applied next() throws InterruptedException {
            return switch (state) {
                case PLANNED -> steps(Phase.EXPAND, MigrationState.EXPANDED);
                case EXPANDED -> steps(Phase.SYNC, MigrationState.SYNCED);
                case SYNCED -> submit();
                case BACKFILLING -> afterBackfill();
                case FINISHED -> reconcile();
                case READY -> look();
                case ABORTED -> throw new IllegalStateException("an aborted migration is not live");
            };
        }

        private @Nullable Applied steps(Phase phase, MigrationState then) throws InterruptedException {
            var waiting = done(phase);
            if (waiting == null) {
                move(then);
            }
            return waiting;
        }

        private @Nullable Applied done(Phase phase) throws InterruptedException {
            var due = request.steps().stream()
                    .filter(step -> step.phase() == phase)
                    .toList();
            if (!migration.ddl().byOthers()) {
                runner.run(due);
                return null;
            }
            var open = runner.firstThatIsNotDone(due);
            due.stream().takeWhile(step -> open.filter(step::equals).isEmpty()).forEach(executor::found);
            return open.map(step -> waits(End.OTHERS, step.id() + ", by another tool: " + step.title()))
                    .orElse(null);
        }

        private @Nullable Applied submit() {
            var spec = migration.backfill().spec();
            var id = log.submittedBefore(stored.id(), spec.name(), spec.source())
                    .orElseGet(() -> jobs.submit(actor, migration));
            log.submitted(stored.id(), state, id, actor);
            job = id;
            state = MigrationState.BACKFILLING;
            progress.moved(state);
            return null;
        }

        private @Nullable Applied afterBackfill() throws InterruptedException {
            var backfill = backfill();
            var ended = ended(backfill);
            if (ended == null) {
                return waits(End.WAITS, "its job " + backfill);
            }
            if (ended.state() != JobState.SUCCEEDED) {
                return waits(
                        End.JOB_FAILED,
                        "its job " + ended.id() + ", which is " + ended.state()
                                + (ended.trouble() == null ? "" : ": " + ended.trouble()));
            }
            if (ended.quarantined() > 0) {
                return waits(
                        End.QUARANTINED,
                        ended.quarantined() + (ended.quarantined() == 1 ? " row" : " rows")
                                + " in quarantine: see 'backfleet quarantine " + ended.id() + "'");
            }
            return steps(Phase.FINISH, MigrationState.FINISHED);
        }

        private @Nullable Applied reconcile() throws InterruptedException {
            var backfill = backfill();
            var waiting = done(Phase.FINISH);
            if (waiting != null) {
                return waiting;
            }
            if (jobs.gate(migration, backfill).verdict() == GateVerdict.SAFE) {
                move(MigrationState.READY);
                return null;
            }
            var pass = jobs.reconcile(actor, migration, backfill);
            if (ended(pass) == null) {
                return waits(End.WAITS, "the reconcile " + pass);
            }
            var answer = jobs.gate(migration, backfill);
            if (answer.verdict() != GateVerdict.SAFE) {
                return waits(
                        End.GATE_CLOSED,
                        "its gate, which says " + answer.verdict() + ": " + String.join("; ", answer.reasons()));
            }
            move(MigrationState.READY);
            return null;
        }

        // Without a new reconcile: nothing was asked for.
        private @Nullable Applied look() throws InterruptedException {
            if (jobs.gate(migration, backfill()).verdict() != GateVerdict.SAFE
                    || runner.firstThatIsNotDone(request.steps()).isPresent()) {
                move(MigrationState.FINISHED);
                return null;
            }
            log.waits(stored.id(), null);
            return new Applied(stored.id(), stored.name(), state, End.READY, null, job);
        }

        private long backfill() {
            var id = job;
            if (id == null) {
                throw new OperationRefused(
                        Code.CONFLICT,
                        "the job of the migration " + stored.name() + " was removed",
                        "abort the migration and apply it again: what is there is found, and rows that have the new shape are passed over");
            }
            return id;
        }

        /** The job when it has ended; null: it goes on, and nothing waits for it. */
        private @Nullable JobProgress ended(long id) throws InterruptedException {
            while (true) {
                var now = jobs.progress(id)
                        .orElseThrow(() -> new OperationRefused(
                                Code.CONFLICT,
                                "the job " + id + " of the migration was removed",
                                "abort the migration"));
                if (now.state().isTerminal() || now.state() == JobState.HALTED) {
                    return now;
                }
                if (!request.waits()) {
                    return null;
                }
                progress.job(now);
                log.waits(stored.id(), "its job " + now.name() + " (id " + id + "), " + now.state());
                sleeper.sleep(LOOK);
            }
        }

        private void move(MigrationState to) {
            log.move(stored.id(), state, to, actor);
            state = to;
            progress.moved(to);
        }

        private Applied waits(End end, String what) {
            log.waits(stored.id(), what);
            return new Applied(stored.id(), stored.name(), state, end, what, job);
        }
    }
}
