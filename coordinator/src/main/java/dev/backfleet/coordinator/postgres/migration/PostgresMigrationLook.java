package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.migration.plan.MigrationLook;
import dev.backfleet.coordinator.migration.plan.SyncCost;
import dev.backfleet.coordinator.migration.step.SqlObservation;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.pin.Rejection;
import dev.backfleet.coordinator.postgres.ddl.LockHolderStore;
import dev.backfleet.coordinator.postgres.migration.trial.ExpandedClone;
import dev.backfleet.coordinator.postgres.migration.trial.NewValueSample;
import dev.backfleet.coordinator.postgres.migration.trial.RoundTripSample;
import dev.backfleet.coordinator.postgres.migration.trial.SignalTrial;
import dev.backfleet.coordinator.postgres.migration.trial.SqlTrial;
import dev.backfleet.coordinator.postgres.migration.trial.SyncCostTrial;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;

/** Answers the questions of a plan of a migration. */
public final class PostgresMigrationLook implements MigrationLook {
    private final Database database;

    public PostgresMigrationLook(Database database) {
        this.database = database;
    }

    @Override
    public String standing(Step step) {
        return database.read(connection -> StepStandings.of(connection, step));
    }

    @Override
    public List<LockHolder> holders(List<TableLock> locks) {
        return database.read(connection -> LockHolderStore.of(connection, locks));
    }

    @Override
    public Surroundings surroundings(Migration migration, TableShape table) {
        return database.jdbi().withHandle(handle -> new SurroundingsStore(handle).of(migration, table));
    }

    @Override
    public List<OtherMigration> others(Migration migration, TableShape table) {
        return database.jdbi().withHandle(handle -> new SurroundingsStore(handle).others(migration, table));
    }

    @Override
    public Optional<Rejection> refusal(
            Migration migration, TableShape table, Identifier column, SqlExpression expression) {
        return onClone(migration, table, clone -> clone.refusal(column, expression));
    }

    @Override
    public Optional<Rejection> refusal(Migration migration, TableShape table, SqlExpression condition) {
        return onClone(migration, table, clone -> clone.refusal(condition));
    }

    @Override
    public NewValues newValues(Migration migration, TableShape table, List<Identifier> key) {
        return new NewValueSample(migration, table, key).taken(database);
    }

    @Override
    public RoundTrip roundTrip(Migration migration, TableShape table, List<Identifier> key) {
        return new RoundTripSample(migration, table, key).taken(database);
    }

    @Override
    public Optional<SyncCost> syncCost(Migration migration, TableShape table) {
        return new SyncCostTrial(migration, table, Ticker.system()).measured(database);
    }

    @Override
    public SqlObservation observed(Migration migration, TableShape table, Element.Sql statement) {
        return SqlTrial.of(database, migration, table, statement);
    }

    @Override
    public Optional<Unread> unread(String statement) {
        return SignalTrial.of(database, statement);
    }

    @Override
    public Optional<TenantValue> tenant(Migration migration, String tenant) {
        return new TenantValueStore(database).of(migration, tenant);
    }

    private Optional<Rejection> onClone(Migration migration, TableShape table, Question question) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read write");
            try {
                migration.ddl().role().ifPresent(role -> handle.execute("set local role " + role.escaped()));
                return question.ask(ExpandedClone.of(handle.getConnection(), migration, table));
            } catch (SQLException e) {
                throw new ConnectionException(e);
            } finally {
                handle.execute("rollback");
            }
        });
    }

    @FunctionalInterface
    private interface Question {
        Optional<Rejection> ask(ExpandedClone clone) throws SQLException;
    }
}
