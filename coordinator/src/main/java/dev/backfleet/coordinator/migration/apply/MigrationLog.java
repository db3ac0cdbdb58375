package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The stored migrations. Each change of a state is audited in its transaction. */
public interface MigrationLog {

    /** The migration of an id or a name that has not ended. */
    Optional<Stored> live(String name);

    /**
     * The same.
     *
     * @throws OperationRefused NOT_FOUND if there is none
     */
    default Stored known(String name) {
        return live(name)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND,
                        "there is no migration " + name,
                        "'backfleet migration status' lists them; one that is CONTRACTED or ABORTED has ended"));
    }

    /**
     * Stores a migration as PLANNED.
     *
     * @throws OperationRefused STALE if another command stored one of that name at the same moment
     */
    Stored create(Migration migration, String table, List<Step> steps, Actor actor);

    /** Stores the file and the steps as they are now derived from it: what was in the way of that before is over. */
    void replace(long migration, String source, List<Step> steps);

    /**
     * Moves to another state. With SYNCED and FINISHED, the transaction id is kept from which on rows have both shapes.
     *
     * @throws OperationRefused STALE if the state is not {@code from}
     */
    void move(long migration, MigrationState from, MigrationState to, Actor actor);

    /** The same to BACKFILLING, with its job. */
    void submitted(long migration, MigrationState from, long job, Actor actor);

    /** The backfill that a command before has submitted, and was killed before it stored that; nothing if there is none. */
    Optional<Long> submittedBefore(long migration, String name, String spec);

    /**
     * Locks the migration against other commands, until it is closed or the process ends.
     *
     * @throws OperationRefused NOT_NOW if another command does
     */
    CommandLock begin(long migration);

    /** Stores what it waits for, as a clause; null: nothing. The time is that of the first time it was this. */
    void waits(long migration, @Nullable String what);

    /**
     * Stores why the last command could not go on.
     *
     * @param what what is wrong, as a clause
     * @param remedy what to do, as a clause; null: {@code what} says it, or nothing can be done
     */
    void refused(long migration, Kind kind, String what, @Nullable String remedy);

    /** Keeps other commands away from a migration. */
    interface CommandLock extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A stored migration.
     *
     * @param source the file as it was applied
     * @param table its table, with its schema
     * @param job its backfill; empty: not submitted
     */
    record Stored(long id, String name, String source, String table, MigrationState state, Optional<Long> job) {}
}
