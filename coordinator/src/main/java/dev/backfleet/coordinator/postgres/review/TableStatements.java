package dev.backfleet.coordinator.postgres.review;

/**
 * The parts of the statement that reads the state of a table. Each is a query whose columns are named as the components of a record
 * of {@code pin.state}; all of them see {@code tables}, the table and its partitions.
 */
final class TableStatements {
    private TableStatements() {}

    static final String TABLES = """
            tables as materialized (
              select c.oid, c.relname, c.relkind, c.relpersistence, c.reltuples, c.reltoastrelid, c.reloptions, c.relreplident,
                     c.relfrozenxid, c.relispartition, n.nspname, format('%I.%I', n.nspname, c.relname) as shown,
                     c.oid = :relation::oid as root
              from (select :relation::oid as oid union select p.relation from backfleet.partitions_of(:relation::oid) p) t
              join pg_catalog.pg_class c on c.oid = t.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            )""";

    // The thresholds of autovacuum are the server's unless the table has its own.
    static final String RELATIONS = """
            select t.shown as "name", t.root as "root", t.relkind = 'r' as "leaf", t.relpersistence = 'u' as "unlogged",
                   (select format('%I.%I', pn.nspname, pc.relname)
                    from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent
                    join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
                    where i.inhrelid = t.oid and not t.relispartition limit 1) as "parent",
                   case when t.relkind = 'r' then pg_relation_size(t.oid) / s.block else 0 end as "pages",
                   case when t.reltoastrelid <> 0 then pg_relation_size(t.reltoastrelid) / s.block else 0 end as "toastPages",
                   case when t.relkind = 'r' then pg_indexes_size(t.oid) / s.block else 0 end as "indexPages",
                   t.reltuples::float8 as "rows", pg_stat_get_live_tuples(t.oid) as "live", pg_stat_get_dead_tuples(t.oid) as "dead",
                   case when coalesce(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) is not null
                          then true
                        when t.relkind <> 'r' or pg_relation_size(t.oid) < 1000000 then true
                        else exists (select from pg_catalog.pg_stats g where g.schemaname = t.nspname and g.tablename = t.relname)
                   end as "analyzed",
                   coalesce(o.fillfactor, 100) as "fillfactor", coalesce(o.autovacuum, true) as "autovacuum",
                   coalesce(o.threshold, s.threshold) + coalesce(o.scale, s.scale) * greatest(t.reltuples::float8, 0) as "vacuumAfter",
                   case when t.relkind = 'r' then age(t.relfrozenxid) else 0 end as "toFreeze",
                   case when t.relkind <> 'r' then 'KEY' when t.relreplident = 'f' then 'FULL'
                        when exists (select from pg_catalog.pg_index i
                                     where i.indrelid = t.oid and i.indisvalid
                                       and (t.relreplident = 'd' and i.indisprimary or t.relreplident = 'i' and i.indisreplident))
                          then 'KEY' else 'NONE' end as "identity"
            from tables t
            cross join (select current_setting('block_size')::int as block,
                               current_setting('autovacuum_vacuum_threshold')::float8 as threshold,
                               current_setting('autovacuum_vacuum_scale_factor')::float8 as scale) s
            left join lateral (
              select max(v.option_value::int) filter (where v.option_name = 'fillfactor') as fillfactor,
                     bool_and(v.option_value::boolean) filter (where v.option_name = 'autovacuum_enabled') as autovacuum,
                     max(v.option_value::float8) filter (where v.option_name = 'autovacuum_vacuum_threshold') as threshold,
                     max(v.option_value::float8) filter (where v.option_name = 'autovacuum_vacuum_scale_factor') as scale
              from pg_catalog.pg_options_to_table(t.reloptions) v
              where v.option_name in ('fillfactor', 'autovacuum_enabled', 'autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor')
            ) o on true
            order by t.root desc, t.shown""";

    // An update of a column in an index, in its expressions or its condition is not HOT; an index that only summarizes
    // (BRIN) does not matter from PostgreSQL 16 on. An index of a partition is listed under the name of the partitioned
    // one.
    static final String INDEXED = """
            select f.name as "column", array_agg(f.index order by f.index) as "indexes"
            from (
              select distinct a.attname::text as name, coalesce(r.root, i.indexrelid)::regclass::text as index
              from tables t
              join pg_catalog.pg_index i on i.indrelid = t.oid
              join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = c.relam
              join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attname = any(:columns) and not a.attisdropped
              left join lateral (
                select n.relid as root from pg_catalog.pg_partition_ancestors(i.indexrelid) n
                where n.relid <> i.indexrelid
                  and exists (select from pg_catalog.pg_index o where o.indexrelid = n.relid and o.indrelid = :relation::oid)
              ) r on true
              where (m.amname <> 'brin' or pg_catalog.current_setting('server_version_num')::int < 160000)
                and (a.attnum = any(i.indkey::int2[]) or exists (
                  select from pg_catalog.pg_depend d
                  where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid
                    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid and d.refobjsubid = a.attnum))
            ) f
            group by f.name order by 1""";

    // Bits of tgtype: 1 for each row, 2 before, 16 on update, 64 instead. A trigger OF columns fires for these. Row
    // triggers of
    // a partitioned table are on its partitions as well: each is listed once. A statement trigger of a partition is
    // another one than
    // that of the partitioned table, whatever their names are.
    static final String TRIGGERS = """
            select distinct on (g.tgname, g.tgfoid, g.tgtype, g.tgenabled, t.relkind = 'p' and g.tgtype::int & 1 = 0)
                   g.tgname::text as "name", t.shown as "table", t.relkind = 'p' as "partitioned", g.tgtype::int & 1 = 1 as "row",
                   g.tgtype::int & 2 = 2 as "before", g.tgenabled::text as "enabled",
                   g.tgfoid = 'pg_catalog.suppress_redundant_updates_trigger'::regproc as "harmless",
                   format('%I.%I(%s)', fn.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) as "function",
                   f.prosecdef as "definer", l.lanname::text as "language", coalesce(f.prosrc, '') as "source"
            from tables t join pg_catalog.pg_trigger g on g.tgrelid = t.oid
            join pg_catalog.pg_proc f on f.oid = g.tgfoid join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
            join pg_catalog.pg_language l on l.oid = f.prolang
            where not g.tgisinternal and g.tgtype::int & 16 = 16 and g.tgtype::int & 64 = 0
              and (cardinality(g.tgattr::int2[]) = 0 or exists (
                select from pg_catalog.pg_attribute a
                where a.attrelid = t.oid and a.attnum = any(g.tgattr::int2[]) and a.attname = any(:columns)))
            order by g.tgname, g.tgfoid, g.tgtype, g.tgenabled, t.relkind = 'p' and g.tgtype::int & 1 = 0, t.relkind = 'p' desc, t.shown""";

    // Of a constraint of a partitioned table, its copies on the partitions are left out.
    static final String FOREIGN_KEYS = """
            select k.conname::text as "name", format('%I.%I', rn.nspname, r.relname) as "from",
                   format('%I.%I', mn.nspname, m.relname) as "to", k.incoming as "incoming",
                   (select string_agg(quote_ident(a.attname), ', ' order by e.place)
                    from unnest(k.conkey) with ordinality e (number, place)
                    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = e.number) as "columns",
                   case k.confupdtype when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT'
                                      when 'r' then 'RESTRICT' else 'NO ACTION' end as "onUpdate",
                   exists (select from pg_catalog.pg_index i
                           where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
                             and (i.indkey::int2[])[0 : cardinality(k.conkey) - 1] <@ k.conkey
                             and (i.indkey::int2[])[0 : cardinality(k.conkey) - 1] @> k.conkey) as "indexed",
                   (select coalesce(sum(pg_relation_size(z.oid)), 0) / current_setting('block_size')::int
                    from (select k.conrelid as oid union select p.relation from backfleet.partitions_of(k.conrelid) p) x
                    join pg_catalog.pg_class z on z.oid = x.oid and z.relkind = 'r')::bigint as "pages"
            from (
              select c.*, true as incoming
              from pg_catalog.pg_constraint c join tables t on c.confrelid = t.oid
              join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = any(c.confkey) and a.attname = any(:columns)
              where c.contype = 'f' and c.conparentid = 0
              union
              select c.*, false
              from pg_catalog.pg_constraint c join tables t on c.conrelid = t.oid
              join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = any(c.conkey) and a.attname = any(:columns)
              where c.contype = 'f' and c.conparentid = 0
            ) k
            join pg_catalog.pg_class r on r.oid = k.conrelid join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
            join pg_catalog.pg_class m on m.oid = k.confrelid join pg_catalog.pg_namespace mn on mn.oid = m.relnamespace
            where coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)  -- from PostgreSQL 18 on
            order by 1, 2""";

    static final String UNVALIDATED = """
            select distinct on (k.conname) k.conname::text as "name", t.shown as "table", pg_get_constraintdef(k.oid) as "definition",
                   k.contype <> 'f' as "everyRow"
            from tables t join pg_catalog.pg_constraint k on k.conrelid = t.oid
            where not k.convalidated and k.contype in ('c', 'n', 'f') and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
              and (k.contype <> 'f' or exists (
                select from pg_catalog.pg_attribute a
                where a.attrelid = t.oid and a.attnum = any(k.conkey) and a.attname = any(:columns)))
            order by k.conname, t.root desc, t.shown""";

    static final String PUBLICATIONS = """
            select p.pubname::text as "name", p.pubupdate as "updates"
            from pg_catalog.pg_publication p
            where exists (
              select from pg_catalog.pg_publication_tables v
              where v.pubname = p.pubname
                and (v.schemaname, v.tablename) in (
                  select t.nspname, t.relname from tables t
                  union all
                  select an.nspname, ac.relname
                  from pg_catalog.pg_partition_ancestors(:relation::oid::regclass) n join pg_catalog.pg_class ac on ac.oid = n.relid
                  join pg_catalog.pg_namespace an on an.oid = ac.relnamespace))
            order by 1""";

    // {default} is the version of the database's own collation, which only PostgreSQL 15 and later store.
    static final String COLLATIONS = """
            select y.name as "name", y.stored as "stored", y.actual as "actual",
                   y.columns as "columns"
            from (
              select format('%I.%I', cn.nspname, c.collname) as name, c.collversion as stored,
                     pg_collation_actual_version(c.oid) as actual,
                     array_agg(a.attname::text order by a.attnum) as columns
              from pg_catalog.pg_attribute a join pg_catalog.pg_collation c on c.oid = a.attcollation
              join pg_catalog.pg_namespace cn on cn.oid = c.collnamespace
              where a.attrelid = :relation::oid and a.attname = any(:key) and c.collversion is not null
              group by c.oid, cn.nspname, c.collname, c.collversion
              {default}
            ) y
            where y.columns is not null and y.stored <> y.actual
            order by 1 nulls first""";

    static final String DEFAULT_COLLATION = """
            union all
              select null, d.datcollversion, pg_database_collation_actual_version(d.oid),
                     (select array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
                      where a.attrelid = :relation::oid and a.attname = any(:key) and a.attcollation = 100)
              from pg_catalog.pg_database d
              where d.datname = current_database() and d.datcollversion is not null""";

    // A name in an expression may be that of several functions. Of those of PostgreSQL, a name counts only if all of
    // them
    // depend on more than their arguments; of those that a person has written, the most volatile one counts.
    static final String FUNCTIONS = """
            select format('%I.%I', n.nspname, f.proname) as "name",
                   n.nspname = 'pg_catalog' or bool_or(e.objid is not null) as "builtIn",
                   case when n.nspname = 'pg_catalog' then min(v.rank) else max(v.rank) end as "rank",
                   min(l.lanname)::text as "language", coalesce(string_agg(f.prosrc, E'\n' order by f.oid), '') as "source"
            from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
            join pg_catalog.pg_language l on l.oid = f.prolang
            cross join lateral (select case f.provolatile when 'v' then 2 when 's' then 1 else 0 end as rank) v
            left join pg_catalog.pg_depend e on e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e'
            where f.proname = any(:calls) and (n.nspname in ('pg_catalog', 'public') or n.nspname = any(:names))
            group by n.nspname, f.proname
            having n.nspname <> 'pg_catalog' or min(v.rank) > 0
            order by 1""";

    static final String WIDTHS = """
            select g.attname::text as "column", max(g.avg_width) as "bytes"
            from (select nspname, relname from tables order by root desc, relname limit 20) t
            join pg_catalog.pg_stats g on g.schemaname = t.nspname and g.tablename = t.relname
            where g.attname = any(:columns)
            group by g.attname order by 1""";
}
