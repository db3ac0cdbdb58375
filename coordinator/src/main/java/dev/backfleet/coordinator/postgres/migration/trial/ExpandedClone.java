package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.pin.Rejection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/**
 * An empty temporary table of the same name and columns as the table of a migration, with the columns of the new shape, in the caller's
 * transaction, which is rolled back. The real table is not locked against anybody.
 */
public final class ExpandedClone {
    private final Connection connection;
    private final Identifier name;

    private ExpandedClone(Connection connection, Identifier name) {
        this.connection = connection;
        this.name = name;
    }

    public static ExpandedClone of(Connection connection, Migration migration, TableShape table) throws SQLException {
        var clone = new ExpandedClone(connection, table.name().name());
        clone.execute("create temporary table " + clone.name.quoted() + " (like "
                + table.name().quoted() + " including defaults including generated)");
        for (var column : table.added(migration).entrySet()) {
            clone.execute("alter table " + clone.written() + " add column "
                    + column.getKey().quoted() + " " + column.getValue());
        }
        return clone;
    }

    /** Why PostgreSQL rejects an expression as the value of a column. */
    public Optional<Rejection> refusal(Identifier column, SqlExpression expression) throws SQLException {
        return explain("update only " + written() + " as " + name.quoted() + " set " + column.quoted() + " = "
                + expression.jdbcParenthesized());
    }

    /** Why PostgreSQL rejects a condition. */
    public Optional<Rejection> refusal(SqlExpression condition) throws SQLException {
        return explain(
                "select from only " + written() + " as " + name.quoted() + " where " + condition.jdbcParenthesized());
    }

    private String written() {
        return "pg_temp." + name.quoted();
    }

    // EXPLAIN plans the statement and does not run it. The transaction is over after a rejection.
    private Optional<Rejection> explain(String statement) throws SQLException {
        try (var asked = connection.prepareStatement("explain " + statement)) {
            asked.execute();
            return Optional.empty();
        } catch (PSQLException e) {
            var message = e.getServerErrorMessage();
            if (message == null) {
                throw e;
            }
            return Optional.of(new Rejection(
                    Rejection.Kind.OTHER,
                    message.getMessage() + (message.getHint() == null ? "" : " (" + message.getHint() + ")")));
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
