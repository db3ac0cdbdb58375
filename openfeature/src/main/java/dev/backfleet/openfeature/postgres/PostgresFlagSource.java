package dev.backfleet.openfeature.postgres;

import dev.backfleet.openfeature.Flag;
import dev.backfleet.openfeature.FlagSource;
import dev.backfleet.openfeature.FlagSourceException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads all flags with one call of {@code backfleet.flag_states}. */
public final class PostgresFlagSource implements FlagSource {
    private static final String READ =
            "select name, stage, state, percent, version, tenants, tenant_values from backfleet.flag_states(?, ?)";

    private final DataSource database;

    public PostgresFlagSource(DataSource database) {
        this.database = database;
    }

    @Override
    public Map<String, Flag> read(Map<String, Flag> known) throws FlagSourceException {
        return Call.on(database, connection -> read(connection, known));
    }

    private static Map<String, Flag> read(Connection connection, Map<String, Flag> known) throws SQLException {
        try (var statement = connection.prepareStatement(READ)) {
            statement.setQueryTimeout(Call.SECONDS);
            var names = known.keySet().toArray(new String[0]);
            var versions = new Long[names.length];
            for (var i = 0; i < names.length; i++) {
                versions[i] = version(known.get(names[i]));
            }
            statement.setArray(1, connection.createArrayOf("text", names));
            statement.setArray(2, connection.createArrayOf("bigint", versions));
            try (var rows = statement.executeQuery()) {
                var flags = new HashMap<String, Flag>();
                while (rows.next()) {
                    var flag = flag(rows, known);
                    flags.put(flag.name(), flag);
                }
                return Map.copyOf(flags);
            }
        }
    }

    private static @Nullable Long version(@Nullable Flag flag) {
        return flag == null ? null : flag.version();
    }

    private static Flag flag(ResultSet row, Map<String, Flag> known) throws SQLException {
        var name = row.getString("name");
        var read = new Flag(
                name,
                row.getString("stage"),
                row.getString("state").equals("ON"),
                row.getBigDecimal("percent"),
                row.getLong("version"),
                tenants(row.getArray("tenants"), row.getArray("tenant_values")));
        var before = known.get(name);
        return before != null && before.version() == read.version() ? read.withTenantsOf(before) : read;
    }

    private static Map<String, Boolean> tenants(@Nullable Array names, @Nullable Array values) throws SQLException {
        var tenants = new HashMap<String, Boolean>();
        if (names != null && values != null) {
            var keys = (String[]) names.getArray();
            var booleans = (Boolean[]) values.getArray();
            for (var i = 0; i < keys.length; i++) {
                tenants.put(keys[i], booleans[i]);
            }
        }
        return tenants;
    }
}
