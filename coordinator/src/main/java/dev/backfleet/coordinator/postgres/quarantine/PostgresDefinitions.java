package dev.backfleet.coordinator.postgres.quarantine;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.quarantine.ReplaceExpressions;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.ConflictRetry;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Reads and replaces the definitions of jobs. */
public final class PostgresDefinitions implements ReplaceExpressions.Store {

    private static final String STORE = "update backfleet.job set definition = :definition::jsonb where id = :job";

    // Columns that a new expression uses are added to the snapshot as they are now; those in the snapshot stay.
    private static final String ADD_TO_SNAPSHOT = """
            update backfleet.job j
            set pinned = j.pinned || (
              select coalesce(jsonb_agg(c), '[]')
              from jsonb_array_elements(backfleet.columns_of((j.definition #>> '{table,oid}')::oid, :names)) c
              where not exists (select from jsonb_array_elements(j.pinned) p where p ->> 'name' = c ->> 'name'))
            where j.id = :job and j.pinned is not null
            """;

    private final Database database;

    public PostgresDefinitions(Database database) {
        this.database = database;
    }

    @Override
    public JobDefinition definition(long job) {
        return database.jdbi()
                .withHandle(handle -> new JobStore(handle).definition(job).orElseThrow());
    }

    @Override
    public List<JobDefinition.Table> relations(long job) {
        return database.jdbi().withHandle(handle -> new JobRelationStore(handle).present(job));
    }

    @Override
    public JobState replace(long job, List<Assignment> changes, Set<JobState> permitted, Actor actor) {
        var state = database.jdbi().inTransaction(handle -> {
            var locked = new JobStore(handle).lock(job).orElseThrow(() -> Lookup.gone(job));
            if (permitted.contains(locked)) {
                replace(handle, job, changes, actor);
            }
            return locked;
        });
        if (permitted.contains(state) && !state.isTerminal()) {
            revoke(job);
        }
        return state;
    }

    // Only after the new definition is committed: a claim that still saw the old one has either committed its shard's
    // row
    // before, or finds the row changed. Waits for the batches that are under way.
    private void revoke(long job) {
        ConflictRetry.retried(
                () -> database.jdbi().withHandle(handle -> new ShardStore(handle).revoke(Optional.of(job))));
    }

    private static void replace(Handle handle, long job, List<Assignment> changes, Actor actor) {
        var definition = new JobStore(handle).definition(job).orElseThrow();
        for (var change : changes) {
            for (var old : definition.work().set()) {
                if (old.column().equals(change.column()) && !old.expression().equals(change.expression())) {
                    new AuditStore(handle)
                            .changed(job, actor, "set." + old.column(), old.expression(), change.expression());
                }
            }
            definition = definition.setting(change);
            handle.createUpdate(ADD_TO_SNAPSHOT)
                    .bind("job", job)
                    .bindArray(
                            "names",
                            String.class,
                            SqlExpression.parse(change.expression()).names())
                    .execute();
        }
        handle.createUpdate(STORE)
                .bind("job", job)
                .bind("definition", JobDefinition.JSON.write(definition))
                .execute();
    }
}
