package dev.backfleet.coordinator.postgres.review;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.coordinator.pin.WalkFacts;
import dev.backfleet.coordinator.postgres.catalog.TableSizes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read what decides about the passes of a walk. */
public final class WalkFactsStore {

    // The hash function of a column is the one of the hash operator family that has the operator by which the key's
    // index finds equal values. A whole number is spread evenly: of so many neighbours, each is in another class. The
    // hash function of bytea cannot be called by a statement before PostgreSQL 18.
    private static final String HASHES = """
            with ordered as (
              select k.place, o.opcfamily, o.opcintype
              from unnest(:columns::int2[]) with ordinality k (number, place)
              join pg_catalog.pg_attribute a on a.attrelid = :oid::oid and a.attnum = k.number
              cross join lateral (
                select c.oid
                from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
                join pg_catalog.pg_am m on m.oid = x.relam
                cross join lateral unnest(i.indkey::int2[]) with ordinality n (number, place)
                join lateral unnest(i.indclass::oid[]) with ordinality c (oid, place) on c.place = n.place
                where i.indrelid = a.attrelid and m.amname = 'btree' and n.number = a.attnum
                  and backfleet.is_default_order(c.oid, a.atttypid)
                limit 1) c
              join pg_catalog.pg_opclass o on o.oid = c.oid
            ), hashed as (
              select distinct on (o.place) o.place, format('%I.%I($1)::pg_catalog.int8', n.nspname, p.proname) as expression
              from ordered o
              join pg_catalog.pg_amop b on b.amopfamily = o.opcfamily and b.amoplefttype = o.opcintype
                and b.amoprighttype = o.opcintype and b.amopstrategy = 3
              join pg_catalog.pg_amop h on h.amopopr = b.amopopr and h.amopstrategy = 1
              join pg_catalog.pg_am m on m.oid = h.amopmethod and m.amname = 'hash'
              join pg_catalog.pg_amproc f on f.amprocfamily = h.amopfamily and f.amproclefttype = h.amoplefttype
                and f.amprocrighttype = h.amoprighttype and f.amprocnum = 1
              join pg_catalog.pg_proc p on p.oid = f.amproc join pg_catalog.pg_namespace n on n.oid = p.pronamespace
              where p.proargtypes[0] <> 'pg_catalog.internal'::regtype
              order by o.place, f.oid
            )
            select case
                     when o.opcintype in ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype, 'pg_catalog.int8'::regtype)
                       then '(($1::pg_catalog.int8 operator(pg_catalog.%) $2) operator(pg_catalog.+) '
                         || 'pg_catalog.hashint8($1::pg_catalog.int8 operator(pg_catalog./) $2)::pg_catalog.int8)'
                     when o.opcintype = 'pg_catalog.bytea'::regtype
                       then 'pg_catalog.hashtext(pg_catalog.encode($1, ''hex'') collate pg_catalog."C")::pg_catalog.int8'
                     else h.expression end
            from unnest(:columns::int2[]) with ordinality k (number, place)
            left join ordered o on o.place = k.place left join hashed h on h.place = k.place
            order by k.place
            """;

    // An index of block ranges is left alone by a HOT update from PostgreSQL 16 on.
    private static final String FACTS = """
            with leaf as (
              select c.oid, c.relname, n.nspname, c.reloptions
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where c.oid = any(:leaves) order by pg_catalog.pg_relation_size(c.oid) desc, c.oid limit 1
            ), indexes as (
              select i.*, m.amname = 'brin' as is_brin, i.indexrelid::regclass::text as name
              from leaf l join pg_catalog.pg_index i on i.indrelid = l.oid and i.indisready
              join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = c.relam
            )
            select (select count(*) - 1 from indexes where not is_brin) as further,
                   (select min(i.name) from indexes i
                    join leaf l on true
                    join pg_catalog.pg_attribute a on a.attrelid = l.oid and a.attname = any(:changed) and not a.attisdropped
                    where (not i.is_brin or pg_catalog.current_setting('server_version_num')::int < 160000)
                      and (a.attnum = any(i.indkey::int2[]) or exists (
                        select from pg_catalog.pg_depend d
                        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid
                          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = l.oid
                          and d.refobjsubid = a.attnum))) as indexed,
                   coalesce((select o.option_value::int from leaf l, pg_catalog.pg_options_to_table(l.reloptions) o
                             where o.option_name = 'fillfactor'), 100) as fillfactor,
                   (select s.correlation::double precision from leaf l join pg_catalog.pg_stats s
                    on s.schemaname = l.nspname and s.tablename = l.relname and s.attname = :leading
                    where not s.inherited) as correlation,
                   (select coalesce(sum(pg_catalog.pg_relation_size(o)), 0)::bigint from unnest(:leaves::oid[]) o) as bytes
            """;

    private final Handle handle;

    public WalkFactsStore(Handle handle) {
        this.handle = handle;
    }

    /** Of a job, of which some columns change. */
    public WalkFacts of(JobDefinition job, List<JobDefinition.Table> leaves, List<String> changed) {
        var hashes = hashes(job);
        var rows = Math.round(TableSizes.of(handle, leaves).rows());
        return handle.createQuery(FACTS)
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .bindArray("changed", String.class, changed)
                .bind("leading", job.key().get(0).name())
                .map((row, context) -> new WalkFacts(
                        hashes,
                        Math.max(0, row.getInt("further")),
                        row.getString("indexed"),
                        row.getInt("fillfactor"),
                        number(row, "correlation"),
                        rows,
                        row.getLong("bytes")))
                .one();
    }

    private List<Optional<String>> hashes(JobDefinition job) {
        var found = new ArrayList<Optional<String>>();
        handle.createQuery(HASHES)
                .bind("oid", job.table().oid())
                .bindArray(
                        "columns",
                        Integer.class,
                        job.key().stream().map(KeyColumn::number).toArray())
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .forEach(found::add);
        return found;
    }

    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        var value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }
}
