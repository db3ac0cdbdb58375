package dev.backfleet.coordinator.migration.status;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The query for what is true of a migration now: also what ages, and what sessions do that nobody waits for. */
public final class DescribeMigration {
    private final ShowMigration show;
    private final Function<MigrationStatus, Optional<GateAnswer>> gate;
    private final Function<String, List<TableWork>> work;
    private final Function<Long, Optional<JobState>> jobs;

    /**
     * The query.
     *
     * @param gate what the last reconcile of a migration says now; nothing if there is none to ask
     * @param work what sessions do to a table, by its name with its schema
     * @param jobs the state of a job; nothing if it was removed
     */
    public DescribeMigration(
            ShowMigration show,
            Function<MigrationStatus, Optional<GateAnswer>> gate,
            Function<String, List<TableWork>> work,
            Function<Long, Optional<JobState>> jobs) {
        this.show = show;
        this.gate = gate;
        this.work = work;
        this.jobs = jobs;
    }

    /**
     * One migration.
     *
     * @param idOrName its id or name; of several of the name, the newest
     * @throws OperationRefused NOT_FOUND
     */
    public MigrationDetail one(String idOrName) {
        var migration = show.one(idOrName);
        var answer = gate.apply(migration).orElse(null);
        var job = Optional.ofNullable(migration.job()).flatMap(jobs).orElse(null);
        return new MigrationDetail(
                migration,
                answer,
                work.apply(migration.table()),
                Checklist.of(migration, answer),
                NextStep.of(migration, answer, job));
    }
}
