package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The statements on {@code backfleet.migration_step}: what was done for each step of one migration, and what it has cost. */
final class StepStore {
    private static final String ADD = """
            insert into backfleet.migration_step (migration_id, step, ordinal, phase, title)
            values (:migration, :step, :ordinal, :phase, :title)
            on conflict (migration_id, step) do update set ordinal = excluded.ordinal, title = excluded.title
            """;

    private static final String LAST =
            "select coalesce(max(ordinal), 0) from backfleet.migration_step where migration_id = :migration";

    private static final String BEGUN = """
            update backfleet.migration_step
            set state = 'RUNNING', begun_at = coalesce(begun_at, clock_timestamp()), ended_at = null, done_by = null, sqlstate = null, failure = null
            where migration_id = :migration and step = :step
            """;

    // Positional: it is part of the transaction that makes the step so, over a plain connection.
    private static final String ENDED = """
            update backfleet.migration_step set state = ?, ended_at = clock_timestamp(), done_by = ?, blockers = null
            where migration_id = ? and step = ?
            """;

    // The end of one that is executed in a transaction is stored in it. A concurrent one that was begun by a command,
    // which was killed
    // before it could store the end, is not one of others.
    private static final String FOUND = """
            update backfleet.migration_step
            set state = case when state = 'RUNNING' and :concurrent then 'DONE' else 'FOUND_DONE' end, ended_at = clock_timestamp(), done_by = :who
            where migration_id = :migration and step = :step and state not in ('DONE', 'FOUND_DONE')
            """;

    private static final String IS_OURS = """
            select exists (select from backfleet.migration_step
                           where migration_id = :migration and step = :step
                             and (state = 'DONE' or state = 'RUNNING' and :concurrent))
            """;

    private static final String FAILED = """
            update backfleet.migration_step
            set state = 'FAILED', ended_at = clock_timestamp(), sqlstate = nullif(:code, ''), failure = :failure
            where migration_id = :migration and step = :step
            """;

    // A step that is tried by a second command costs what both have cost.
    private static final String COST = """
            update backfleet.migration_step
            set tries = tries + :requests, waited_ms = waited_ms + :waited, held_up_ms = held_up_ms + :heldUp,
                longest_ms = greatest(longest_ms, :longest), blockers = nullif(:blockers, '')
            where migration_id = :migration and step = :step
            """;

    private final Database database;
    private final long migration;
    private final String who;

    /**
     * The steps of a migration.
     *
     * @param who does them, in one word
     */
    StepStore(Database database, long migration, String who) {
        this.database = database;
        this.migration = migration;
        this.who = who;
    }

    static void add(Handle handle, long migration, List<Step> steps) {
        add(handle, migration, steps, 0);
    }

    /** The same, after those that are there. */
    static void addLater(Handle handle, long migration, List<Step> steps) {
        var last = handle.createQuery(LAST)
                .bind("migration", migration)
                .mapTo(Integer.class)
                .one();
        add(handle, migration, steps, last);
    }

    private static void add(Handle handle, long migration, List<Step> steps, int last) {
        var batch = handle.prepareBatch(ADD);
        for (var ordinal = 0; ordinal < steps.size(); ordinal++) {
            var step = steps.get(ordinal);
            batch.bind("migration", migration)
                    .bind("step", step.id())
                    .bind("ordinal", last + ordinal + 1)
                    .bind("phase", step.phase().name())
                    .bind("title", step.title())
                    .add();
        }
        if (!steps.isEmpty()) {
            batch.execute();
        }
    }

    void begun(Step step) {
        database.jdbi().useHandle(handle -> handle.createUpdate(BEGUN)
                .bind("migration", migration)
                .bind("step", step.id())
                .execute());
    }

    /** Stores the end in the transaction that makes the step so, or takes it back. */
    void ended(Connection connection, Step step, StepState state) throws SQLException {
        try (var statement = connection.prepareStatement(ENDED)) {
            statement.setString(1, state.name());
            statement.setString(2, who);
            statement.setLong(3, migration);
            statement.setString(4, step.id());
            statement.executeUpdate();
        }
    }

    /** Stores the end of a step that cannot be in a transaction. */
    void ended(Step step, StepState state) {
        database.read(connection -> {
            ended(connection, step, state);
            return true;
        });
    }

    boolean isOurs(Step step) {
        return database.jdbi().withHandle(handle -> handle.createQuery(IS_OURS)
                .bind("migration", migration)
                .bind("step", step.id())
                .bind("concurrent", step.execution() == Execution.CONCURRENT)
                .mapTo(Boolean.class)
                .one());
    }

    void found(Step step) {
        database.jdbi().useHandle(handle -> handle.createUpdate(FOUND)
                .bind("migration", migration)
                .bind("step", step.id())
                .bind("concurrent", step.execution() == Execution.CONCURRENT)
                .bind("who", who)
                .execute());
    }

    void failed(Step step, String code, String failure) {
        database.jdbi().useHandle(handle -> handle.createUpdate(FAILED)
                .bind("migration", migration)
                .bind("step", step.id())
                .bind("code", code)
                .bind("failure", failure)
                .execute());
    }

    /** Adds what was spent since the last time. */
    void spent(Step step, LockCost cost, List<LockHolder> holders) {
        database.jdbi().useHandle(handle -> handle.createUpdate(COST)
                .bind("migration", migration)
                .bind("step", step.id())
                .bind("requests", cost.requests())
                .bind("waited", cost.waited().toMillis())
                .bind("heldUp", cost.heldUp().toMillis())
                .bind("longest", cost.longest().toMillis())
                .bind("blockers", holders.stream().map(LockHolder::words).collect(Collectors.joining("\n")))
                .execute());
    }
}
