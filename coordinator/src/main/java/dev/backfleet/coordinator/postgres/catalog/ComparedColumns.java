package dev.backfleet.coordinator.postgres.catalog;

/** The queries that write which columns a reconcile reads, beside those that its job reads. */
final class ComparedColumns {

    /** By column, as for any other, the system column too; for workers and the coordinator. */
    static final String OF_LEAVES = """
            select format('grant select (%s) on %I.%I to %I, %I', string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                     n.nspname, c.relname, :coordinator, :worker)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped
            where c.oid = any(:leaves) and (a.attname = 'xmin' or a.attnum > 0 and (a.attname = any(:names) or c.relname = any(:names)))
            group by c.oid, n.nspname, c.relname order by n.nspname, c.relname
            """;

    /** The condition for a wrong row is checked on the table itself, by the coordinator alone. */
    static final String OF_TABLE = """
            select format('grant select (%s) on %I.%I to %I', string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                     n.nspname, c.relname, :coordinator)
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.oid = :table and c.oid <> all(:leaves) and (a.attname = any(:names) or c.relname = any(:names))
            group by n.nspname, c.relname
            """;

    private ComparedColumns() {}
}
