package dev.backfleet.common.postgres.statement;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A statement that returns at most one row, over plain JDBC: for what a command asks before it prints. Making Jdbi ready takes
 * longer than the statement. Everything else goes through Jdbi.
 */
public final class PlainQuery {
    private final NamedStatement statement;

    /** @param sql with named parameters */
    public PlainQuery(String sql) {
        statement = NamedStatement.parse(sql);
    }

    /**
     * The row; nothing if there is none, or it is read as null.
     *
     * @param parameters a value for each parameter
     */
    public <T> Optional<T> row(Connection connection, Map<String, ? extends @Nullable Object> parameters, Row<T> row)
            throws SQLException {
        try (var prepared = connection.prepareStatement(statement.sql())) {
            for (var i = 0; i < statement.names().size(); i++) {
                var name = statement.names().get(i);
                if (!parameters.containsKey(name)) {
                    throw new IllegalArgumentException("no value for the parameter " + name);
                }
                prepared.setObject(i + 1, parameters.get(name));
            }
            try (var rows = prepared.executeQuery()) {
                return rows.next() ? Optional.ofNullable(row.read(rows)) : Optional.empty();
            }
        }
    }

    /** Reads a row. */
    @FunctionalInterface
    public interface Row<T> {
        @Nullable
        T read(ResultSet row) throws SQLException;
    }

    /** Reads something over a connection. */
    @FunctionalInterface
    public interface Read<T> {
        T over(Connection connection) throws SQLException;
    }
}
