package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statement about tenants that have no rows. */
final class TenantRowStore {
    private static final String WITHOUT_ROWS = """
            select w.written from unnest(:tenants) with ordinality w (written, place)
            where not exists (select from {table} k where k.{column} = w.written::{type}) order by w.place
            """;

    private final Handle handle;

    TenantRowStore(Handle handle) {
        this.handle = handle;
    }

    /** Those of some tenants, each a text that the column's type can read, that have no row. */
    List<String> withoutRows(JobDefinition.Table table, Column tenant, List<String> tenants) {
        var sql = WITHOUT_ROWS
                .replace("{table}", table.escaped())
                .replace("{column}", Identifier.of(tenant.name()).escaped())
                .replace("{type}", tenant.type());
        return handle.createQuery(sql)
                .bindArray("tenants", String.class, tenants)
                .mapTo(String.class)
                .list();
    }
}
