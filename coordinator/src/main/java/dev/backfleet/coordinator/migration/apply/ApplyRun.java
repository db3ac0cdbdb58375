package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.migration.apply.ApplyMigration.End;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of an apply, from the state that is stored to where it ends. */
final class ApplyRun {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Set<Phase> MADE_LATER = Set.of(Phase.EXPAND, Phase.FINISH);

    private final MigrationLog log;
    private final MigrationJobs jobs;
    private final Sleeper sleeper;
    private final Actor actor;
    private final Request request;
    private final Migration migration;
    private final Stored stored;
    private final ApplyProgress progress;
    private final StepExecutor executor;
    private final StepRunner runner;
    private MigrationState state;
    private @Nullable Long job;
    // As derived last: each check is asked again whenever it matters, and after the last step of a phase they are
    // derived anew.
    private @Nullable List<Step> derived;

    ApplyRun(
            MigrationLog log,
            MigrationJobs jobs,
            Sleeper sleeper,
            Actor actor,
            Request request,
            Stored stored,
            ApplyProgress progress) {
        this.log = log;
        this.jobs = jobs;
        this.sleeper = sleeper;
        this.actor = actor;
        this.request = request;
        this.migration = request.migration();
        this.stored = stored;
        this.progress = progress;
        this.executor = request.executor();
        this.runner = new StepRunner(executor, progress, sleeper);
        this.state = stored.state();
        this.job = stored.job().orElse(null);
    }

    /** Runs. */
    Applied toTheEnd() throws InterruptedException {
        // Takes the file on, whatever the state is.
        all();
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
            case CUTTING, CUT -> switched();
            case RENAMED -> new Applied(stored.id(), stored.name(), state, End.READY, null, job);
            case CONTRACTED, ABORTED ->
                throw new IllegalStateException("a migration that is " + state + " is not live");
        };
    }

    private @Nullable Applied steps(Phase phase, MigrationState then) throws InterruptedException {
        var waiting = done(Set.of(phase));
        if (waiting == null) {
            move(then);
        }
        return waiting;
    }

    private @Nullable Applied done(Set<Phase> phases) throws InterruptedException {
        var due = due(phases);
        if (migration.ddl().byOthers()) {
            return doneByOthers(due);
        }
        // The table may get partitions meanwhile, and with them further steps.
        List<Step> done;
        do {
            done = due;
            runner.run(done);
            derived = null;
            due = due(phases);
        } while (!due.equals(done));
        return null;
    }

    private List<Step> due(Set<Phase> phases) {
        return all().stream().filter(step -> phases.contains(step.phase())).toList();
    }

    private List<Step> all() {
        var steps = derived;
        if (steps == null) {
            steps = request.steps().get();
            derived = steps;
        }
        return steps;
    }

    private @Nullable Applied doneByOthers(List<Step> due) {
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
        requireSync();
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
        log.waits(stored.id(), null);
        return steps(Phase.FINISH, MigrationState.FINISHED);
    }

    private @Nullable Applied reconcile() throws InterruptedException {
        requireSync();
        var backfill = backfill();
        var waiting = done(MADE_LATER);
        if (waiting != null) {
            return waiting;
        }
        if (jobs.gate(migration, backfill).verdict() == GateVerdict.SAFE) {
            move(MigrationState.READY);
            return null;
        }
        jobs.repeatReconcile(actor, migration, backfill);
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

    // What the file has got since, and what a new partition lacks.
    private Applied switched() throws InterruptedException {
        requireSync();
        if (job != null) {
            jobs.repeatReconcile(actor, migration, job);
        }
        var waiting = done(MADE_LATER);
        if (waiting != null) {
            return waiting;
        }
        log.waits(stored.id(), null);
        return new Applied(stored.id(), stored.name(), state, End.READY, null, job);
    }

    // Without a new reconcile: nothing was asked for.
    private @Nullable Applied look() throws InterruptedException {
        requireSync();
        jobs.repeatReconcile(actor, migration, backfill());
        if (jobs.gate(migration, backfill()).verdict() != GateVerdict.SAFE
                || runner.firstThatIsNotDone(all()).isPresent()) {
            move(MigrationState.FINISHED);
            return null;
        }
        log.waits(stored.id(), null);
        return new Applied(stored.id(), stored.name(), state, End.READY, null, job);
    }

    // Never made again in silence: rows that were written without it have the old shape only, or a stale new one.
    private void requireSync() {
        for (var step : due(Set.of(Phase.SYNC))) {
            var standing = executor.standing(step);
            if (!standing.equals(Standing.DONE.word())) {
                throw new OperationRefused(
                        Code.CONFLICT,
                        step.id() + " is no longer as it was made (" + standing
                                + "), so rows that were written since may be out of step",
                        "abort the migration and apply it again: backfleet migration abort " + stored.name());
            }
        }
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
                            Code.CONFLICT, "the job " + id + " of the migration was removed", "abort the migration"));
            if (now.state().isTerminal() || now.state() == JobState.HALTED) {
                return now;
            }
            if (!request.waits()) {
                return null;
            }
            progress.job(now);
            log.waits(stored.id(), "its job " + now.name() + " (id " + id + "), " + now.state());
            sleeper.sleep(LOOK);
            derived = null;
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

    /**
     * What is applied, and how.
     *
     * @param steps derives all its steps, by what the table is now
     * @param waits whether to wait for jobs; otherwise it ends where it would wait
     */
    record Request(Migration migration, Supplier<List<Step>> steps, StepExecutor executor, boolean waits) {}
}
