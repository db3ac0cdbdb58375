package dev.backfleet.standalone.postgres.copy;

import java.util.List;

/** The queries that write the statements which make a table, each with what it makes: columns what, sql, needed. */
final class DefinitionStatements {

    /**
     * What belongs to the table: its partitions, the functions of its triggers, of its defaults and of the job's expressions, those
     * that these functions name, the tables that any of them names, and the types of all columns.
     */
    static final String RELATED = """
            with recursive tree as (
              select c.oid, c.oid as parent, 0 as depth from pg_class c where c.oid = :table
              union all
              select i.inhrelid, i.inhparent, t.depth + 1 from tree t join pg_class p on p.oid = t.oid and p.relkind = 'p'
              join pg_inherits i on i.inhparent = t.oid
            ), own as (
              select p.oid, p.proname, p.prosrc from pg_proc p
              where p.pronamespace not in (select oid from pg_namespace where nspname in ('pg_catalog', 'information_schema', 'backfleet'))
                and p.prokind in ('f', 'p')
                and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
            ), fn as (
              select o.oid, o.prosrc from own o
              where o.proname = any(:names)
                 or o.oid in (select t.tgfoid from pg_trigger t join tree r on r.oid = t.tgrelid where not t.tgisinternal)
                 or o.oid in (
                   select d.refobjid from pg_depend d
                   where d.refclassid = 'pg_proc'::regclass
                     and (d.classid, d.objid) in (
                       select 'pg_attrdef'::regclass::oid, a.oid from pg_attrdef a join tree r on r.oid = a.adrelid
                       union all select 'pg_constraint'::regclass::oid, k.oid from pg_constraint k join tree r on r.oid = k.conrelid
                       union all select 'pg_class'::regclass::oid, x.indexrelid from pg_index x join tree r on r.oid = x.indrelid))
              union
              select o.oid, o.prosrc from fn f join own o on o.proname ~ '^\\w+$' and f.prosrc ~ ('\\m' || o.proname || '\\M')
            ), beside as (
              select distinct c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'backfleet')
                and c.oid not in (select oid from tree)
                and (c.relname = any(:names)
                     or c.relname ~ '^\\w+$' and exists (select from fn f where f.prosrc ~ ('\\m' || c.relname || '\\M')))
            ), tables as (
              select oid, parent, depth from tree union all select oid, oid, -1 from beside
            ), part as (
              select a.atttypid as oid from pg_attribute a join tables t on t.oid = a.attrelid where a.attnum > 0 and not a.attisdropped
              union
              select v.oid from part p join pg_type y on y.oid = p.oid cross join lateral (
                select y.typbasetype as oid where y.typtype = 'd'
                union all select y.typelem where y.typelem <> 0 and y.typlen = -1
                union all select a.atttypid from pg_attribute a where y.typtype = 'c' and a.attrelid = y.typrelid and a.attnum > 0) v
            ), types as (
              select y.* from part p join pg_type y on y.oid = p.oid join pg_namespace n on n.oid = y.typnamespace
              where n.nspname not in ('pg_catalog', 'information_schema') and y.typtype in ('e', 'd', 'c')
                and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = y.oid and d.deptype = 'e')
            ), extension as (
              select distinct e.extname, e.extnamespace from pg_extension e join pg_depend d on d.refclassid = 'pg_extension'::regclass
                and d.refobjid = e.oid and d.deptype = 'e'
              where (d.classid = 'pg_type'::regclass and d.objid in (select oid from part))
                 or (d.classid = 'pg_proc'::regclass and d.objid in (
                       select p.oid from pg_proc p where p.proname = any(:names)
                       union select t.tgfoid from pg_trigger t join tree r on r.oid = t.tgrelid))
            )
            """;

    private static final String SCHEMAS = """
            select distinct 'the schema ' || n.nspname as what, format('create schema if not exists %I', n.nspname) as sql, true as needed
            from pg_namespace n where n.nspname <> 'pg_catalog' and n.oid in (
              select c.relnamespace from tables t join pg_class c on c.oid = t.oid
              union select typnamespace from types union select extnamespace from extension
              union select p.pronamespace from fn f join pg_proc p on p.oid = f.oid)
            """;

    private static final String EXTENSIONS = """
            select 'the extension ' || extname as what, format('create extension if not exists %I with schema %I cascade', extname, n.nspname) as sql,
                   true as needed
            from extension e join pg_namespace n on n.oid = e.extnamespace where extname <> 'plpgsql'
            """;

    // In the order of their OIDs: a type is made after those that it consists of.
    private static final String TYPES = """
            select 'the type ' || format_type(t.oid, null) as what, case t.typtype
                when 'e' then format('create type %s as enum (%s)', format_type(t.oid, null),
                  (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
                when 'd' then format('create domain %s as %s', format_type(t.oid, null), format_type(t.typbasetype, t.typtypmod))
                  || coalesce(' default ' || t.typdefault, '') || case when t.typnotnull then ' not null' else '' end
                  || coalesce((select string_agg(format(' constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), '' order by k.conname)
                               from pg_constraint k where k.contypid = t.oid and k.contype = 'c'), '')
                else format('create type %s as (%s)', format_type(t.oid, null),
                  (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
                   from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)) end as sql,
              true as needed
            from types t
            where t.typtype <> 'c' or exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')
            order by t.oid
            """;

    private static final String SEQUENCES = """
            select distinct 'the sequence ' || s.relname as what, format('create sequence %I.%I', n.nspname, s.relname) as sql, true as needed
            from pg_attrdef d join tables t on t.oid = d.adrelid
            join pg_depend e on e.classid = 'pg_attrdef'::regclass and e.objid = d.oid and e.refclassid = 'pg_class'::regclass
            join pg_class s on s.oid = e.refobjid and s.relkind = 'S' join pg_namespace n on n.oid = s.relnamespace
            """;

    // Before the tables, whose defaults may call them; their bodies are not checked, since they may name tables.
    private static final String FUNCTIONS = """
            select 'the function ' || f.oid::regprocedure as what, pg_get_functiondef(f.oid) as sql, false as needed from fn f order by f.oid
            """;

    private static final String TABLES = """
            select 'the table ' || t.oid::regclass as what,
              case when t.depth > 0
                then format('create table %s partition of %s %s', t.oid::regclass, t.parent::regclass, pg_get_expr(c.relpartbound, c.oid))
                else format('create table %s (%s)', t.oid::regclass, (
                  select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                      || case when a.attcollation <> y.typcollation and a.attcollation <> 0 then format(' collate %s',
                           (select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
                            where l.oid = a.attcollation)) else '' end
                      || case when a.attgenerated <> '' then format(' generated always as (%s) %s', pg_get_expr(d.adbin, d.adrelid),
                                                                    case a.attgenerated when 's' then 'stored' else 'virtual' end)
                              when a.attidentity <> '' then ' generated by default as identity'
                              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
                      || case when a.attnotnull then ' not null' else '' end, ', ' order by a.attnum)
                  from pg_attribute a join pg_type y on y.oid = a.atttypid
                  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                  where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped)) end
              || case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end
              || case when c.relkind = 'r' and c.reloptions is not null then format(' with (%s)', array_to_string(c.reloptions, ', ')) else '' end as sql,
              t.depth >= 0 as needed
            from tables t join pg_class c on c.oid = t.oid order by t.depth, t.oid
            """;

    // So that rows that are made find a partition.
    private static final String DEFAULT_PARTITION = """
            select 'a default partition, which the table does not have' as what,
                   format('create table %I.backfleet_rest partition of %s default', n.nspname, c.oid::regclass) as sql, false as needed
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_partitioned_table p on p.partrelid = c.oid
            where c.oid = :table and p.partdefid = 0 and p.partstrat <> 'h'
            """;

    // Those of the table itself, which its partitions get with it, and those that only a partition has.
    private static final String CONSTRAINTS = """
            select 'the constraint ' || k.conname as what,
                   format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as sql,
                   k.contype in ('p', 'u') as needed
            from pg_constraint k join tables t on t.oid = k.conrelid
            where k.contype in ('p', 'u', 'c', 'x') and k.conparentid = 0 and k.coninhcount = 0
            order by k.contype <> 'p', k.oid
            """;

    private static final String INDEXES = """
            select 'the index ' || x.indexrelid::regclass as what, replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON ') as sql,
                   x.indisunique as needed
            from pg_index x join tables t on t.oid = x.indrelid
            where x.indisvalid and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
              and not exists (select from pg_inherits i where i.inhrelid = x.indexrelid)
            order by x.indexrelid
            """;

    private static final String TRIGGERS = """
            select 'the trigger ' || quote_ident(g.tgname) as what, pg_get_triggerdef(g.oid)
                     || case g.tgenabled when 'O' then '' else format('; alter table %s %s trigger %I', g.tgrelid::regclass,
                          case g.tgenabled when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, g.tgname) end as sql,
                   false as needed
            from pg_trigger g join tree t on t.oid = g.tgrelid
            where not g.tgisinternal and g.tgparentid = 0 order by g.tgname
            """;

    /** What is not copied. */
    static final String LEFT = """
            select 'the foreign key ' || k.conname as what, '' as sql, false as needed
            from pg_constraint k join tree t on t.oid = k.conrelid where k.contype = 'f' and k.conparentid = 0
            union all
            select 'the rule ' || r.rulename, '', false from pg_rewrite r join tree t on t.oid = r.ev_class where r.rulename <> '_RETURN'
            union all
            select 'row security', '', false from pg_class c where c.oid = :table and c.relrowsecurity
            union all
            select 'the foreign table ' || c.oid::regclass, '', false from tree t join pg_class c on c.oid = t.oid and c.relkind = 'f'
            """;

    /** In this order. */
    static final List<String> ALL = List.of(
            SCHEMAS,
            EXTENSIONS,
            TYPES,
            SEQUENCES,
            FUNCTIONS,
            TABLES,
            DEFAULT_PARTITION,
            CONSTRAINTS,
            INDEXES,
            TRIGGERS);

    private DefinitionStatements() {}
}
