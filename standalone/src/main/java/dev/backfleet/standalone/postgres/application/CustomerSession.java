package dev.backfleet.standalone.postgres.application;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One connection of the application, with the statements of its version. Not thread-safe. */
public final class CustomerSession implements AutoCloseable {
    private static final String NAMES =
            "select id, full_name from public.customers where id % ? = ? order by md5(id::text) limit ?";
    private static final String DELETE = "delete from public.customers where id = ?";

    private final Connection connection;
    private final CodeVersion version;

    private CustomerSession(Connection connection, CodeVersion version) {
        this.connection = connection;
        this.version = version;
    }

    /** Connects. */
    public static CustomerSession open(String url, CodeVersion version) throws StatementFailed {
        try {
            return new CustomerSession(DriverManager.getConnection(url), version);
        } catch (SQLException e) {
            throw new StatementFailed(e);
        }
    }

    /**
     * The names of some customers, before anything is changed.
     *
     * @param parts into how many parts the customers are divided, by their id
     * @param part which part
     */
    public Map<Long, String> names(int parts, int part, int limit) throws StatementFailed {
        try (var statement = connection.prepareStatement(NAMES)) {
            statement.setInt(1, parts);
            statement.setInt(2, part);
            statement.setInt(3, limit);
            var names = new HashMap<Long, String>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.put(rows.getLong(1), rows.getString(2));
                }
            }
            return names;
        } catch (SQLException e) {
            throw new StatementFailed(e);
        }
    }

    /** Reads a customer's name; empty if there is no such customer. */
    public Optional<Read> read(long id) throws StatementFailed {
        try (var statement = connection.prepareStatement(version.read())) {
            statement.setLong(1, id);
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Read(row.getString(1), row.getBoolean(2))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new StatementFailed(e);
        }
    }

    /** Gives a customer another name. */
    public void rename(long id, PersonName name) throws StatementFailed {
        write(version.update(), id, name);
    }

    /** Adds a customer. */
    public void insert(long id, PersonName name) throws StatementFailed {
        write(version.insert(), id, name);
    }

    /** Removes a customer. */
    public void delete(long id) throws StatementFailed {
        try (var statement = connection.prepareStatement(DELETE)) {
            statement.setLong(1, id);
            requireOne(statement.executeUpdate(), id);
        } catch (SQLException e) {
            throw new StatementFailed(e);
        }
    }

    private void write(String sql, long id, PersonName name) throws StatementFailed {
        try (var statement = connection.prepareStatement(sql)) {
            var parameter = 1;
            for (var value : version.parameters().toCharArray()) {
                statement.setString(
                        parameter++,
                        switch (value) {
                            case 'x' -> name.first();
                            case 'y' -> name.last();
                            default -> name.full();
                        });
            }
            statement.setLong(parameter, id);
            requireOne(statement.executeUpdate(), id);
        } catch (SQLException e) {
            throw new StatementFailed(e);
        }
    }

    private static void requireOne(int rows, long id) throws SQLException {
        if (rows != 1) {
            throw new SQLException("customer " + id + " was not there");
        }
    }

    /** Disconnects. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server ends the session by itself.
        }
    }

    /**
     * What a read has given.
     *
     * @param name the full name
     * @param fromNewShape whether it was read from the new columns
     */
    public record Read(String name, boolean fromNewShape) {}
}
