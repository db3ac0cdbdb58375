package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.migration.TenantValue.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a table about a tenant, for at most a second. */
public final class TenantValueStore {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final String TYPE = """
            select format_type(a.atttypid, a.atttypmod), row_security_active(a.attrelid)
            from pg_attribute a where a.attrelid = to_regclass(?) and a.attname = ? and a.attnum > 0 and not a.attisdropped
            """;

    private final Database database;

    public TenantValueStore(Database database) {
        this.database = database;
    }

    /** What a text is as a tenant; nothing if the file names no column of tenants, or the table gives no answer. */
    public Optional<TenantValue> of(Migration migration, String tenant) {
        var column = migration.backfill().spec().tenant();
        return column.isEmpty()
                ? Optional.empty()
                : database.read(connection -> of(connection, migration, column.get(), tenant));
    }

    private static Optional<TenantValue> of(
            Connection connection, Migration migration, Identifier column, String tenant) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("start transaction read only");
            try {
                statement.execute("set local statement_timeout = " + LIMIT.toMillis());
                var type = type(connection, migration, column);
                return type == null ? Optional.empty() : Optional.of(value(statement, migration, column, type, tenant));
            } catch (SQLException e) {
                if (connection.isClosed()) {
                    throw e;
                }
                // Locked, not to be read by this role, or too slow: whoever asks goes on without an answer.
                return Optional.empty();
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("rollback");
                }
            }
        }
    }

    private static @Nullable Type type(Connection connection, Migration migration, Identifier column)
            throws SQLException {
        try (var query = connection.prepareStatement(TYPE)) {
            query.setString(1, migration.table().quoted());
            query.setString(2, column.name());
            try (var row = query.executeQuery()) {
                return row.next() ? new Type(row.getString(1), row.getBoolean(2)) : null;
            }
        }
    }

    private static TenantValue value(
            Statement statement, Migration migration, Identifier column, Type type, String tenant) throws SQLException {
        var literal = "'" + tenant.replace("'", "''") + "'::" + type.name();
        String written;
        try (var row = statement.executeQuery("select (" + literal + ")::text")) {
            row.next();
            written = row.getString(1);
        } catch (SQLException e) {
            if (e.getSQLState() != null && SqlStateCodes.isData(e.getSQLState())) {
                return new TenantValue(tenant, column.toString(), type.name(), null, Rows.NONE);
            }
            throw e;
        }
        var rows = type.hidesRows() ? Rows.UNKNOWN : rows(statement, migration, column, literal);
        return new TenantValue(tenant, column.toString(), type.name(), written, rows);
    }

    private static Rows rows(Statement statement, Migration migration, Identifier column, String literal)
            throws SQLException {
        try (var row = statement.executeQuery("select exists (select from "
                + migration.table().quoted() + " where " + column.quoted() + " = " + literal + ")")) {
            row.next();
            return row.getBoolean(1) ? Rows.SOME : Rows.NONE;
        } catch (SQLException e) {
            if (SqlStateCodes.CANCELLED.equals(e.getSQLState())
                    || SqlStateCodes.NO_PERMISSION.equals(e.getSQLState())) {
                return Rows.UNKNOWN;
            }
            throw e;
        }
    }

    private record Type(String name, boolean hidesRows) {}
}
