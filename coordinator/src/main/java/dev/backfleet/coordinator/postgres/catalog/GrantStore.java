package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.pin.Catalog.Grants;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Finds out which privileges the role of this session lacks, and writes the statements that grant them. */
final class GrantStore {

    // By column: a grant on the whole table would also allow to lock it. A name in an expression may be a column, a
    // function, another table or a schema: the server's message does not say
    // which GRANT is missing, and is in the server's language.
    private static final String MISSING = """
            with wanted as (
              select 1 as place, format('grant usage on schema %I to %I', n.nspname, current_user) as statement
              from pg_catalog.pg_namespace n
              where (n.oid = (select relnamespace from pg_catalog.pg_class where oid = :relation::oid)
                     or n.nspname = any(:names))
                and not pg_catalog.has_schema_privilege(n.oid, 'usage')
              union all
              select 2, format('grant %s on %I.%I to %I', p.privileges, n.nspname, c.relname, current_user)
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              cross join lateral (
                select concat_ws(', ',
                  'select (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (
                    where (a.attname = any(:names) or c.relname = any(:names))
                      and not pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')) || ')',
                  'update (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (
                    where a.attname = any(:set)
                      and not pg_catalog.has_column_privilege(c.oid, a.attnum, 'update')) || ')') as privileges
                from pg_catalog.pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) p
              where c.oid = :relation::oid and p.privileges <> ''
              union all
              select 3, format('grant select on %I.%I to %I', n.nspname, c.relname, current_user)
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where c.oid <> :relation::oid and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = any(:names)
                and (n.nspname = 'public' or n.nspname = any(:names))
                and not pg_catalog.has_any_column_privilege(c.oid, 'select')
              union all
              select 4, format('grant execute on function %s to %I', f.oid::regprocedure, current_user)
              from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
              where f.proname = any(:names) and (n.nspname = 'public' or n.nspname = any(:names))
                and not pg_catalog.has_function_privilege(f.oid, 'execute')
            )
            select statement from wanted order by place, statement limit 5
            """;

    private static final String NO_USAGE = """
            select format('grant usage on schema %I to %I', n.nspname, current_user)
            from pg_catalog.pg_namespace n
            where n.nspname = :schema and not pg_catalog.has_schema_privilege(n.oid, 'usage')
            """;

    private static final String ROLE = "select format('%I', current_user)";

    private final Handle handle;

    GrantStore(Handle handle) {
        this.handle = handle;
    }

    /** What the role lacks for setting columns of a table to expressions that use some names. */
    Grants missing(JobDefinition.Table table, List<String> set, Set<String> names) {
        return new Grants(
                role(),
                handle.createQuery(MISSING)
                        .bind("relation", table.oid())
                        .bindArray("names", String.class, names.toArray())
                        .bindArray("set", String.class, set)
                        .mapTo(String.class)
                        .list());
    }

    /** The USAGE on a table's schema that the role lacks. */
    Optional<Grants> missingUsage(TableName table) {
        return handle.createQuery(NO_USAGE)
                .bind("schema", table.schema().map(schema -> schema.name()).orElse("public"))
                .mapTo(String.class)
                .findOne()
                .map(statement -> new Grants(role(), List.of(statement)));
    }

    private String role() {
        return handle.createQuery(ROLE).mapTo(String.class).one();
    }
}
