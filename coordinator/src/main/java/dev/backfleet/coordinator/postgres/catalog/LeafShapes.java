package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import java.util.HashSet;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Finds the leaves of a partitioned table that differ in something that affects a statement which changes their rows. */
final class LeafShapes {
    private static final int MOST = 20;

    // Partition bounds, in which nearly all leaves differ, are not in pg_constraint. Constraints are compared by
    // their text, since each leaf has its own copy. Of leaves with the same shape, one with rows comes before an
    // empty one.
    private static final String DISTINCT = """
            select distinct on (shape) oid from (
              select c.oid, l.place, c.reltuples > 0 or pg_relation_size(c.oid) > 0 as filled, concat_ws('|',
                c.relam, c.relowner, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity,
                (select string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attgenerated,
                                             a.attacl::text, pg_get_expr(d.adbin, d.adrelid)), ',' order by a.attname)
                 from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated <> ''
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
                (select string_agg(pg_get_constraintdef(k.oid), ',' order by pg_get_constraintdef(k.oid) collate "C")
                 from pg_constraint k where k.conrelid = c.oid and k.contype in ('c', 'f')),
                (select string_agg(concat_ws(' ', t.tgfoid, t.tgtype, t.tgenabled, t.tgattr::text, encode(t.tgargs, 'hex')), ','
                                   order by t.tgfoid, t.tgtype, t.tgargs)
                 from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
                (select string_agg(concat_ws(' ', i.indkey::text, i.indclass::text, i.indoption::text, i.indisunique,
                                             pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)), ','
                                   order by i.indkey::text, i.indclass::text, i.indoption::text, i.indisunique)
                 from pg_index i where i.indrelid = c.oid),
                (select count(*) from pg_rewrite r where r.ev_class = c.oid)) as shape
              from unnest(:leaves) with ordinality l (oid, place) join pg_class c on c.oid = l.oid
            ) s
            order by shape, filled desc, place
            limit :most
            """;

    private final Handle handle;

    LeafShapes(Handle handle) {
        this.handle = handle;
    }

    /** One leaf of each shape, in the order in which they are given; at most some. */
    List<JobDefinition.Table> distinct(List<JobDefinition.Table> leaves) {
        var found = new HashSet<>(handle.createQuery(DISTINCT)
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .bind("most", MOST)
                .mapTo(Long.class)
                .list());
        return leaves.stream().filter(leaf -> found.contains(leaf.oid())).toList();
    }
}
