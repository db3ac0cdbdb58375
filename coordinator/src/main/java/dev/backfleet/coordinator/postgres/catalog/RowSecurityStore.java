package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.coordinator.pin.Catalog.RowSecurity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Reads the row security of a table for the role of this session. */
public final class RowSecurityStore {
    private static final String ROW_SECURITY = """
            select c.oid::bigint as oid, row_security_active(c.oid) as hides, current_user::text as role,
                   array(select p.polname::text from pg_policy p where p.polrelid = c.oid
                         and exists (select from unnest(p.polroles) r (oid)
                                     where r.oid = 0 or pg_has_role(current_user, r.oid, 'usage'))
                         order by p.polname) as policies
            from pg_class c where c.oid = any(:relations) and c.relrowsecurity
            """;

    private final Handle handle;

    public RowSecurityStore(Handle handle) {
        this.handle = handle;
    }

    /** That of a table; none if it has none, or has just been dropped. */
    public RowSecurity of(JobDefinition.Table table) {
        return of(List.of(table)).getOrDefault(table, new RowSecurity(false, List.of(), ""));
    }

    /** That of some tables, in their order, without those that have none. */
    Map<JobDefinition.Table, RowSecurity> of(List<JobDefinition.Table> tables) {
        var found = handle.createQuery(ROW_SECURITY)
                .bindArray(
                        "relations",
                        Long.class,
                        tables.stream().map(JobDefinition.Table::oid).toArray())
                .map((row, context) -> Map.entry(row.getLong("oid"), security(row)))
                .list();
        var secured = new LinkedHashMap<JobDefinition.Table, RowSecurity>();
        for (var table : tables) {
            found.stream()
                    .filter(entry -> entry.getKey() == table.oid())
                    .forEach(entry -> secured.put(table, entry.getValue()));
        }
        return secured;
    }

    private static RowSecurity security(ResultSet row) throws SQLException {
        return new RowSecurity(
                row.getBoolean("hides"),
                List.of((String[]) row.getArray("policies").getArray()),
                row.getString("role"));
    }
}
