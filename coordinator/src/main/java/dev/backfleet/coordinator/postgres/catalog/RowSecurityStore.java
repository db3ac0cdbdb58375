package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.coordinator.pin.Catalog.RowSecurity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads the row security of a table for the role of this session. */
public final class RowSecurityStore {
    private static final String ROW_SECURITY = """
            select c.relrowsecurity as enabled, row_security_active(c.oid) as hides, current_user::text as role,
                   array(select p.polname::text from pg_policy p where p.polrelid = c.oid
                         and exists (select from unnest(p.polroles) r (oid)
                                     where r.oid = 0 or pg_has_role(current_user, r.oid, 'usage'))
                         order by p.polname) as policies
            from pg_class c where c.oid = :oid::oid
            """;

    private final Handle handle;

    public RowSecurityStore(Handle handle) {
        this.handle = handle;
    }

    /** None if the table has just been dropped. */
    public RowSecurity of(JobDefinition.Table table) {
        return handle.createQuery(ROW_SECURITY)
                .bind("oid", table.oid())
                .map((row, context) -> security(row))
                .findOne()
                .orElseGet(() -> new RowSecurity(false, false, List.of(), ""));
    }

    private static RowSecurity security(ResultSet row) throws SQLException {
        return new RowSecurity(
                row.getBoolean("enabled"),
                row.getBoolean("hides"),
                List.of((String[]) row.getArray("policies").getArray()),
                row.getString("role"));
    }
}
