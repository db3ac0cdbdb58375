package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.migration.step.SqlObservation;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.pin.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a plan of a migration asks the database. Changes nothing. */
public interface MigrationLook {

    /** What the check of a step says. */
    String standing(Step step);

    /** The transactions of others that hold, or wait for, a lock that conflicts with one of these. */
    List<LockHolder> holders(List<TableLock> locks);

    /** What else is to be known of the table. */
    Surroundings surroundings(Migration migration, TableShape table);

    /** Other migrations that are under way: those of the table, and the one of this name. */
    List<OtherMigration> others(Migration migration, TableShape table);

    /**
     * Why PostgreSQL rejects setting a column to an expression, when the table has the new columns; nothing if it accepts it. Tried on an
     * empty table of the same columns, in a transaction that is rolled back; the expression is not evaluated.
     */
    Optional<Rejection> refusal(Migration migration, TableShape table, Identifier column, SqlExpression expression);

    /** The same of a condition on rows. */
    Optional<Rejection> refusal(Migration migration, TableShape table, SqlExpression condition);

    /** Which new values of rows of the table cannot be computed or stored. Reads a sample, within a time limit for each statement. */
    NewValues newValues(Migration migration, TableShape table, List<Identifier> key);

    /** What becomes of rows of the table whose new shape is computed, and the old one from it again. Reads a sample, within a time limit. */
    RoundTrip roundTrip(Migration migration, TableShape table, List<Identifier> key);

    /** What the sync costs a write; nothing if it cannot be measured on a copy, in a transaction that is rolled back. */
    Optional<SyncCost> syncCost(Migration migration, TableShape table);

    /** Why a statement that reads a signal gives no number now; nothing if it does. Runs it as the watch would, and changes nothing. */
    Optional<Unread> unread(String statement);

    /** What a text is as a tenant of the table; nothing if that is not known. */
    Optional<TenantValue> tenant(Migration migration, String tenant);

    /** What a statement of the file's author does to an empty copy of the table, in a transaction that is rolled back. */
    SqlObservation observed(Migration migration, TableShape table, Element.Sql statement);

    /**
     * What is to be known of a table.
     *
     * @param role who would execute the statements
     * @param owner who owns the table
     * @param owns whether the role may do what the owner may
     * @param primaryKey the columns of its primary key
     * @param withoutDefault columns that are NOT NULL and have no default
     * @param publications those that publish all its columns
     * @param lateTriggers triggers BEFORE each row that fire after the one of the sync
     */
    record Surroundings(
            String role,
            String owner,
            boolean owns,
            Set<Identifier> primaryKey,
            Set<Identifier> withoutDefault,
            List<String> publications,
            List<String> lateTriggers) {
        public Surroundings {
            primaryKey = Set.copyOf(primaryKey);
            withoutDefault = Set.copyOf(withoutDefault);
            publications = List.copyOf(publications);
            lateTriggers = List.copyOf(lateTriggers);
        }
    }

    /**
     * A migration that is under way.
     *
     * @param source the text of its file
     * @param sameTable whether it is one of the same table
     * @param state its state
     * @param submitted whether its job was submitted
     */
    record OtherMigration(String name, String source, boolean sameTable, MigrationState state, boolean submitted) {}

    /**
     * What the new values of a sample of rows are.
     *
     * @param rows how many were read
     * @param misfits the first row of each column whose value cannot be computed or stored
     * @param failure why they could not be computed at all, as a clause without any value; empty: they could
     */
    record NewValues(long rows, List<Misfit> misfits, Optional<String> failure) {
        public NewValues {
            misfits = List.copyOf(misfits);
        }
    }

    /**
     * A new value that cannot be computed or stored.
     *
     * @param why as a clause without the value
     * @param key the key of its row, such as {@code id=7}; empty if the table has none
     */
    record Misfit(Identifier column, String why, String key) {}

    /**
     * What became of a sample of rows.
     *
     * @param rows how many were read
     * @param lost the columns of the old shape of which rows would not get their value back
     * @param failure why the expressions could not be computed for them, as a clause without any value; empty: they could
     */
    record RoundTrip(long rows, Map<Identifier, Loss> lost, Optional<String> failure) {
        public RoundTrip {
            lost = Map.copyOf(lost);
        }
    }

    /**
     * Why a statement gives no number.
     *
     * @param code the SQLSTATE
     * @param words the message, as a clause
     */
    record Unread(String code, String words) {}

    /**
     * Rows that would not get a value back.
     *
     * @param rows how many
     * @param key the key of one of them, such as {@code id=7}; empty if the table has none
     */
    record Loss(long rows, String key) {}
}
