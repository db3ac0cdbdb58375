package dev.backfleet.coordinator.migration.status;

import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationJobs;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The query for what is true of a migration now: also what ages, and what sessions do that nobody waits for. */
public final class DescribeMigration {
    private final ShowMigration show;
    private final MigrationLog log;
    private final MigrationJobs jobs;
    private final Function<String, Migration> parser;
    private final Function<String, List<TableWork>> work;

    /**
     * The query.
     *
     * @param parser reads a stored file
     * @param work what sessions do to a table, by its name with its schema
     */
    public DescribeMigration(
            ShowMigration show,
            MigrationLog log,
            MigrationJobs jobs,
            Function<String, Migration> parser,
            Function<String, List<TableWork>> work) {
        this.show = show;
        this.log = log;
        this.jobs = jobs;
        this.parser = parser;
        this.work = work;
    }

    /**
     * One migration.
     *
     * @param idOrName its id or name; of several of the name, the newest
     * @throws OperationRefused NOT_FOUND
     */
    public MigrationDetail one(String idOrName) {
        var migration = show.one(idOrName);
        var answer = gate(migration).orElse(null);
        var file = file(migration);
        var job = Optional.ofNullable(migration.job())
                .flatMap(jobs::progress)
                .map(JobProgress::state)
                .orElse(null);
        return new MigrationDetail(
                migration,
                answer,
                work.apply(migration.table()),
                Checklist.of(
                        migration,
                        answer,
                        file.filter(one -> one.copy().isPresent()).isPresent()),
                NextStep.of(
                        migration,
                        answer,
                        job,
                        file.filter(one -> one.down().isEmpty()).isPresent()));
    }

    /** Its file; nothing if the migration has ended. */
    private Optional<Migration> file(MigrationStatus migration) {
        return log.live(migration.name())
                .filter(live -> live.id() == migration.id())
                .map(live -> parser.apply(live.source()));
    }

    /** What the last reconcile says now; nothing if no reconcile was due yet, or none is any more, or if the job was removed. */
    private Optional<GateAnswer> gate(MigrationStatus migration) {
        var proven = migration.state().compareTo(MigrationState.FINISHED) >= 0
                && migration.state().compareTo(MigrationState.RENAMED) <= 0;
        var job = migration.job();
        if (!proven || job == null) {
            return Optional.empty();
        }
        try {
            return log.live(migration.name()).map(live -> jobs.gate(parser.apply(live.source()), job));
        } catch (OperationRefused e) {
            if (e.code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
