package dev.backfleet.coordinator.postgres.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.DerivedJob;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.cost.ForecastStore;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Stores jobs that are derived from another one, each in one transaction. */
public final class PostgresDerivedJobs implements DerivedJobs.Store {

    private static final String COPY_THROTTLE = """
            insert into backfleet.throttle (job_id, wanted) select :job, wanted from backfleet.throttle where job_id = :origin
            """;

    private static final String RECONCILES =
            "update backfleet.job set reconciles = :origin, checked_wave = :wave where id = :job";

    private static final String UNDOES = "update backfleet.job set undoes = :origin where id = :job";

    private final Database database;

    public PostgresDerivedJobs(Database database) {
        this.database = database;
    }

    @Override
    public Optional<OriginJob> origin(long job) {
        return database.jdbi().inTransaction(handle -> new OriginStore(handle).origin(job));
    }

    @Override
    public List<ColumnFacts> columns(JobDefinition.Table table) {
        return database.jdbi().inTransaction(handle -> new ColumnFactsStore(handle).columns(table));
    }

    @Override
    public Optional<Started> store(DerivedJob job, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            requireState(handle, job.origin());
            requireSameTable(handle, job.origin().id());
            var started = insert(handle, job, actor);
            started.ifPresent(stored -> relate(handle, stored.id(), job));
            return started;
        });
    }

    // A job that was retried meanwhile changes rows again, behind an undo that believes it has ended.
    private static void requireState(Handle handle, OriginJob origin) {
        var state = new JobStore(handle).lock(origin.id());
        if (state.isEmpty() || state.get() != origin.state()) {
            throw new OperationRefused(
                    Code.STALE, "the state of job " + origin.name() + " has just changed", "try again");
        }
    }

    // What renames a column locks the job's row before it looks for jobs of the table: one of both sees the other.
    private static void requireSameTable(Handle handle, long origin) {
        new OriginStore(handle)
                .origin(origin)
                .ifPresent(now -> now.requireSameTable("see what has just changed it, and try again"));
    }

    private static Optional<Started> insert(Handle handle, DerivedJob job, Actor actor) {
        var origin = job.origin();
        var jobs = new JobStore(handle);
        var id = jobs.insert(new JobStore.NewJob(
                job.name(), job.spec(), job.definition(), job.limits(), origin.window(), Optional.empty()));
        id.ifPresent(stored -> {
            new JobRelationStore(handle).insert(stored, origin.leaves());
            new PinStore(handle)
                    .pin(
                            stored,
                            new PinnedSpec(
                                    job.definition(),
                                    origin.leaves(),
                                    job.columns(),
                                    List.of(),
                                    Optional.empty(),
                                    List.of(),
                                    job.definition().walk().inPasses() ? "as the job that it derives from" : null));
            new ForecastStore(handle).begin(stored, job.definition(), job.limits());
            CompletenessStore.of(handle, stored).want();
            new AuditStore(handle).did(stored, actor, "submit", job.derivation().of(origin.id()));
        });
        return id.map(stored -> new Started(stored, job.name(), origin.id(), origin.name()));
    }

    private static void relate(Handle handle, long id, DerivedJob job) {
        var origin = job.origin();
        handle.createUpdate(COPY_THROTTLE)
                .bind("job", id)
                .bind("origin", origin.id())
                .execute();
        switch (job.derivation()) {
            case RECONCILE -> {
                var wave = origin.doneWave();
                handle.createUpdate(RECONCILES)
                        .bind("job", id)
                        .bind("origin", origin.id())
                        .bind("wave", wave.isPresent() ? wave.getAsInt() : null)
                        .execute();
            }
            case UNDO ->
                handle.createUpdate(UNDOES)
                        .bind("job", id)
                        .bind("origin", origin.id())
                        .execute();
            case REPAIR -> {}
        }
    }
}
