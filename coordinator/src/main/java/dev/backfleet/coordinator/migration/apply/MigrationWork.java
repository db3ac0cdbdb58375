package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.operation.control.StopWork;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.operation.reconcile.ScheduleReconcile;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The jobs of a migration, by the operations that people have for jobs. */
public final class MigrationWork implements MigrationJobs {
    // Rows that have the new shape are passed over, so that a second run of a name does no harm.
    private static final How HOW = new How(false, true, false);

    private final Jobs jobs;
    private final Reconciles reconciles;

    /**
     * The jobs.
     *
     * @param jobs what people can ask of jobs
     */
    public MigrationWork(Jobs jobs, Reconciles reconciles) {
        this.jobs = jobs;
        this.reconciles = reconciles;
    }

    @Override
    public long submit(Actor actor, Migration migration) {
        return jobs.submit
                .run(actor, migration.backfill(), HOW.ofMigration(migration.name()))
                .id();
    }

    @Override
    public long reconcile(Actor actor, Migration migration, long backfill) {
        var running = reconciles.unfinished(backfill);
        if (running.isPresent()) {
            return running.getAsLong();
        }
        return jobs.reconcile
                .run(actor, String.valueOf(backfill), options(migration))
                .id();
    }

    @Override
    public void repeatReconcile(Actor actor, Migration migration, long backfill) {
        var wanted = new Repetition(
                migration.proof().every(),
                migration.backfill().spec().different().map(SqlExpression::text));
        if (reconciles.repeated(backfill).filter(wanted::equals).isPresent()) {
            return;
        }
        jobs.schedule.run(
                actor, String.valueOf(backfill), Optional.of(migration.proof().every()), options(migration));
    }

    private static ReconcileJob.Options options(Migration migration) {
        return new ReconcileJob.Options(
                migration.backfill().spec().different(), OptionalLong.of(ReconcileJob.DEFAULT_RATE), Optional.empty());
    }

    @Override
    public Optional<JobProgress> progress(long job) {
        try {
            return Optional.of(progress(jobs.status.run(job)));
        } catch (OperationRefused e) {
            if (e.code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static JobProgress progress(Snapshot snapshot) {
        var job = snapshot.job();
        var problem = JobProblems.of(snapshot).stream().findFirst().map(Problem::message);
        return new JobProgress(
                job.id(),
                job.name(),
                job.state(),
                job.percent(),
                job.rows().quarantined(),
                Optional.ofNullable(job.error()).or(() -> problem).orElse(null));
    }

    @Override
    public GateAnswer gate(Migration migration, long backfill) {
        return new RowGate(jobs.gate, reconciles).ask(migration, backfill, null);
    }

    @Override
    public Optional<NewOnly> newOnly(long backfill) {
        if (progress(backfill).isEmpty()) {
            return Optional.empty();
        }
        var answer = jobs.gate.run(String.valueOf(backfill), null, Optional.empty());
        var rows = answer.rows();
        var pass = answer.pass();
        return rows == null || pass == null || rows.newOnly() == null
                ? Optional.empty()
                : Optional.of(new NewOnly(rows.newOnly(), pass.startedAt()));
    }

    @Override
    public void cancel(Actor actor, long backfill) {
        var job = progress(backfill);
        if (job.isPresent()) {
            jobs.schedule.run(actor, String.valueOf(backfill), Optional.empty(), ReconcileJob.Options.USUAL);
        }
        if (job.isPresent() && !job.get().state().isTerminal()) {
            jobs.stop.cancel(actor, String.valueOf(backfill), "its migration is aborted", true);
        }
    }

    /** What people can ask of jobs. */
    public record Jobs(
            SubmitJob submit,
            ReconcileJob reconcile,
            ScheduleReconcile schedule,
            ShowStatus status,
            AskGate gate,
            StopWork stop) {}

    /**
     * How a reconcile is repeated.
     *
     * @param different the condition by which it tells wrong rows; nothing if it has none of its own
     */
    public record Repetition(Duration every, Optional<String> different) {}

    /** The reconciles, as they are stored. */
    public interface Reconciles extends RowGate.Conditions {
        /** The unfinished reconcile of a job; nothing if there is none. */
        OptionalLong unfinished(long backfill);

        /** How the reconcile of a job is repeated; nothing if it is not. */
        Optional<Repetition> repeated(long backfill);
    }
}
