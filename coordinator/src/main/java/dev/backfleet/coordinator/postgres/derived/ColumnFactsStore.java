package dev.backfleet.coordinator.postgres.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.ComparedColumn.Equality;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements that read how values of a table's columns are compared. */
final class ColumnFactsStore {

    // Types are written so that they are found under any search path. A type with a modifier, numeric(10, 2) for one,
    // is written as SQL has it, or with its schema, since none is searched here.
    private static final String NO_PATH = "set local search_path = ''";

    // A type has an equality of its values if each type that they are made of has one by which PostgreSQL hashes or
    // sorts them. box and circle have an operator = as well, but it compares areas. A type that is cast to another one
    // without a word, as varchar to text, is compared as that.
    private static final String COLUMNS = """
            select a.attname, a.attnum,
                   case when a.atttypmod = -1 then quote_ident(tn.nspname) || '.' || quote_ident(t.typname)
                        else format_type(a.atttypid, a.atttypmod) end as type,
                   case when exists (
                          select from backfleet.type_parts(a.atttypid) p (oid) join pg_type pt on pt.oid = p.oid
                          where pt.typtype = 'b' and not (pt.typelem <> 0 and pt.typlen = -1)
                            and not exists (
                              select from pg_opclass o join pg_am m on m.oid = o.opcmethod
                              where m.amname in ('btree', 'hash') and o.opcdefault
                                and (o.opcintype = pt.oid or exists (
                                  select from pg_cast c
                                  where c.castsource = pt.oid and c.casttarget = o.opcintype and c.castmethod = 'b'
                                    and c.castcontext = 'i')))) then 'IMAGE'
                        when own.operator is not null then 'OPERATOR'
                        when a.attcollation <> 0 then 'BYTES_OF_TEXT'
                        else 'VALUE' end as equality,
                   own.operator
            from pg_attribute a
            join pg_type t on t.oid = a.atttypid join pg_namespace tn on tn.oid = t.typnamespace
            left join lateral (
              select 'operator(' || quote_ident(n.nspname) || '.' || p.oprname || ')' as operator
              from pg_type b
              join pg_opclass o on o.opcdefault and o.opcintype = b.oid
              join pg_am m on m.oid = o.opcmethod and m.amname in ('btree', 'hash')
              join pg_amop e on e.amopfamily = o.opcfamily and e.amoplefttype = b.oid and e.amoprighttype = b.oid
                and e.amopstrategy = case m.amname when 'btree' then 3 else 1 end
              join pg_operator p on p.oid = e.amopopr join pg_namespace n on n.oid = p.oprnamespace
              where b.oid = backfleet.base_type(a.atttypid) and b.typtype = 'b' and not (b.typelem <> 0 and b.typlen = -1)
                and b.typnamespace <> 'pg_catalog'::regnamespace
              order by m.amname limit 1) own on true
            where a.attrelid = :relation::oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

    private final Handle handle;

    ColumnFactsStore(Handle handle) {
        this.handle = handle;
    }

    /** The columns of a table, in order. The handle must be in a transaction. */
    List<ColumnFacts> columns(JobDefinition.Table table) {
        handle.execute(NO_PATH);
        return handle.createQuery(COLUMNS)
                .bind("relation", table.oid())
                .map((row, context) -> new ColumnFacts(
                        row.getString("attname"),
                        row.getInt("attnum"),
                        row.getString("type"),
                        Equality.valueOf(row.getString("equality")),
                        row.getString("operator")))
                .list();
    }
}
