package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.Assignment;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.quarantine.ReplaceExpressions;
import java.util.List;
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
        return database.jdbi().withHandle(handle -> new JobStore(handle).relations(job));
    }

    @Override
    public JobState replace(long job, List<Assignment> changes, Set<JobState> permitted, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var state = new JobStore(handle).lock(job).orElseThrow();
            if (permitted.contains(state)) {
                replace(handle, job, changes, actor);
            }
            return state;
        });
    }

    private static void replace(Handle handle, long job, List<Assignment> changes, Actor actor) {
        var definition = new JobStore(handle).definition(job).orElseThrow();
        for (var change : changes) {
            for (var old : definition.updateRows().set()) {
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
