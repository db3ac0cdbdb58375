package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.flag.ShowFlags;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;

/** All stored flags, for those who ask. */
public final class PostgresFlags implements ShowFlags.Flags {
    private static final String ALL = """
            select f.name, f.state = 'ON' as on, f.percent, f.version, f.changed_at, f.changed_by, f.reason,
                   coalesce(array_agg(t.tenant) filter (where t.tenant is not null), '{}') as tenants,
                   coalesce(array_agg(t.value) filter (where t.tenant is not null), '{}') as tenant_values
            from backfleet.flag f left join backfleet.flag_tenant t on t.flag = f.name
            group by f.name order by f.name collate "C"
            """;

    private final Database database;

    public PostgresFlags(Database database) {
        this.database = database;
    }

    @Override
    public List<FlagState> all() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(ALL).map((row, context) -> flag(row)).list());
    }

    static FlagState flag(ResultSet row) throws SQLException {
        var names = (String[]) row.getArray("tenants").getArray();
        var values = (Boolean[]) row.getArray("tenant_values").getArray();
        var tenants = new HashMap<String, Boolean>();
        for (var i = 0; i < names.length; i++) {
            tenants.put(names[i], values[i]);
        }
        return new FlagState(
                row.getString("name"),
                row.getBoolean("on"),
                row.getBigDecimal("percent"),
                tenants,
                row.getLong("version"),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                row.getString("changed_by"),
                row.getString("reason"));
    }
}
