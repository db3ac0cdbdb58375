package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.contract.Dependent;
import dev.backfleet.coordinator.migration.contract.Dependent.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that find what hangs on columns of a table, its partitions included. */
final class DependentStore {

    // The clones that partitions have of an index, a constraint or a trigger are told by their parents.
    private static final String DEPENDENTS = """
            with tree as materialized (
              select :table::regclass::oid as relation union select t.relid::oid from pg_partition_tree(:table::regclass) t
            ), gone as materialized (
              select t.relation, a.attnum from tree t join pg_attribute a on a.attrelid = t.relation
              where a.attname::text = any(:columns) and a.attnum > 0 and not a.attisdropped
            ), found as materialized (
              select d.classid, d.objid, d.objsubid, bool_or(d.deptype = 'i') as internal
              from pg_depend d join gone g on d.refobjid = g.relation and d.refobjsubid = g.attnum
              where d.refclassid = 'pg_class'::regclass
              group by d.classid, d.objid, d.objsubid
            ), judged as materialized (
              select f.*, exists (
                  select from pg_depend x join tree t on t.relation = x.refobjid
                  where x.classid = f.classid and x.objid = f.objid and x.objsubid = f.objsubid
                    and x.refclassid = 'pg_class'::regclass and x.refobjsubid > 0
                    and not exists (select from gone g where g.relation = x.refobjid and g.attnum = x.refobjsubid)) as others
              from found f
            )
            select case when w.rulename <> '_RETURN' then 'RULE' when c.relkind = 'm' then 'MATERIALIZED_VIEW' else 'VIEW' end as kind,
                   case when w.rulename <> '_RETURN' then format('%I on %s', w.rulename, c.oid::regclass) else c.oid::regclass::text end as object,
                   true as blocks, null::text as schema, null::text as name, null::oid as referred
            from judged j join pg_rewrite w on w.oid = j.objid join pg_class c on c.oid = w.ev_class
            where j.classid = 'pg_rewrite'::regclass
            union all
            select 'POLICY', format('%I on %s', p.polname, p.polrelid::regclass), true, null, null, null
            from judged j join pg_policy p on p.oid = j.objid where j.classid = 'pg_policy'::regclass
            union all
            select distinct 'GENERATED', format('%s.%I', a.attrelid::regclass, a.attname), true, null::text, null::text, null::oid
            from judged j
            left join pg_attrdef d on j.classid = 'pg_attrdef'::regclass and d.oid = j.objid
            join pg_attribute a on a.attrelid = coalesce(d.adrelid, j.objid) and a.attnum = coalesce(d.adnum, j.objsubid)
            where (d.oid is not null or j.classid = 'pg_class'::regclass and j.objsubid > 0)
              and not exists (select from gone g where g.relation = a.attrelid and g.attnum = a.attnum)
              and a.attinhcount = 0
            union all
            select case when i.indisreplident then 'REPLICA_IDENTITY' else 'INDEX' end, c.oid::regclass::text, j.others or i.indisreplident,
                   n.nspname::text, c.relname::text, null
            from judged j join pg_index i on i.indexrelid = j.objid join pg_class c on c.oid = i.indexrelid
            join pg_namespace n on n.oid = c.relnamespace
            where j.classid = 'pg_class'::regclass and j.objsubid = 0 and not c.relispartition
            union all
            select 'SEQUENCE', c.oid::regclass::text, true, null, null, null
            from judged j join pg_class c on c.oid = j.objid and c.relkind = 'S'
            where j.classid = 'pg_class'::regclass and j.objsubid = 0 and not j.internal
            union all
            select case when k.contype = 'p' then 'PRIMARY_KEY' when i.indisreplident then 'REPLICA_IDENTITY'
                        when k.contype = 'f' then 'FOREIGN_KEY' else 'CONSTRAINT' end,
                   format('%I on %s', k.conname, k.conrelid::regclass),
                   j.others or k.contype = 'p' or coalesce(i.indisreplident, false)
                     or not exists (select from tree t where t.relation = k.conrelid),
                   null, k.conname::text, case when k.contype = 'f' then k.confrelid end
            from judged j join pg_constraint k on k.oid = j.objid
            left join pg_index i on i.indexrelid = k.conindid and i.indrelid = k.conrelid
            where j.classid = 'pg_constraint'::regclass and k.contype <> 'n' and k.conparentid = 0 and k.coninhcount = 0
            union all
            select 'STATISTICS', format('%I.%I', n.nspname, s.stxname), j.others, null, null, null
            from judged j join pg_statistic_ext s on s.oid = j.objid join pg_namespace n on n.oid = s.stxnamespace
            where j.classid = 'pg_statistic_ext'::regclass
            union all
            select 'PUBLICATION', p.pubname::text, true, null, null, null
            from judged j join pg_publication_rel r on r.oid = j.objid join pg_publication p on p.oid = r.prpubid
            where j.classid = 'pg_publication_rel'::regclass
            union all
            select 'TRIGGER', format('%I on %s', g.tgname, g.tgrelid::regclass), true, null, null, null
            from judged j join pg_trigger g on g.oid = j.objid
            where j.classid = 'pg_trigger'::regclass and g.tgparentid = 0 and g.tgname::text <> all(:own)
            union all
            select 'FUNCTION', p.oid::regprocedure::text, true, null, null, null
            from judged j join pg_proc p on p.oid = j.objid where j.classid = 'pg_proc'::regclass
            union all
            select 'OTHER', pg_describe_object(j.classid, j.objid, j.objsubid), true, null, null, null
            from judged j
            where j.classid <> all(array['pg_rewrite', 'pg_policy', 'pg_attrdef', 'pg_constraint', 'pg_statistic_ext', 'pg_publication_rel',
                                         'pg_trigger', 'pg_proc', 'pg_class']::regclass[]::oid[])
               or j.classid = 'pg_class'::regclass and j.objsubid = 0
                  and not exists (select from pg_class c where c.oid = j.objid and c.relkind in ('i', 'I', 'S'))
            order by 3 desc, 1, 2
            """;

    // A trigger's function speaks of NEW and OLD, and does not name the table. The sync of another table names only
    // that.
    private static final String FUNCTIONS = """
            with tree as (
              select :table::regclass::oid as relation union select t.relid::oid from pg_partition_tree(:table::regclass) t
            )
            select p.oid::regprocedure::text
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
            where n.nspname not in ('pg_catalog', 'information_schema', 'backfleet') and l.lanname not in ('internal', 'c')
              and p.oid <> all(array(select to_regprocedure(o)::oid from unnest(:own) o where to_regprocedure(o) is not null))
              and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
              and p.prosrc ~* :words
              and (p.prosrc ~* :tables and not starts_with(p.proname::text, 'backfleet_sync_')
                or exists (select from pg_trigger g join tree t on t.relation = g.tgrelid where g.tgfoid = p.oid))
            order by 1
            """;

    private static final String TABLE = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = :oid::oid or c.oid in (select t.relid from pg_partition_tree(:oid::oid::regclass) t)
            order by c.oid
            """;

    private final Handle handle;
    private final TableName table;

    DependentStore(Handle handle, TableName table) {
        this.handle = handle;
        this.table = table;
    }

    /**
     * What hangs on columns.
     *
     * @param own the names of triggers that do not count
     */
    List<Found> dependents(Collection<Identifier> columns, Collection<Identifier> own) {
        return handle.createQuery(DEPENDENTS)
                .bind("table", table.quoted())
                .bindArray("columns", String.class, texts(columns))
                .bindArray("own", String.class, texts(own))
                .map((row, context) -> found(row))
                .list();
    }

    /** Functions whose text has the name of a column, and that of the table unless they are called by a trigger of it. */
    List<String> functions(Collection<Identifier> columns, Collection<TableName> own) {
        return handle.createQuery(FUNCTIONS)
                .bind("table", table.quoted())
                .bind("words", Words.any(columns))
                .bind("tables", Words.any(List.of(table.name())))
                .bindArray(
                        "own",
                        String.class,
                        own.stream().map(function -> function.quoted() + "()").toList())
                .mapTo(String.class)
                .list();
    }

    /** A table and its partitions, by its OID. */
    List<TableName> tables(long oid) {
        return handle.createQuery(TABLE)
                .bind("oid", oid)
                .map((row, context) ->
                        TableName.of(Identifier.of(row.getString("nspname")), Identifier.of(row.getString("relname"))))
                .list();
    }

    private static List<String> texts(Collection<Identifier> names) {
        return names.stream().map(Identifier::name).toList();
    }

    private static Found found(ResultSet row) throws SQLException {
        var schema = row.getString("schema");
        var name = row.getString("name");
        var referred = row.getObject("referred", Long.class);
        var kind = Kind.valueOf(row.getString("kind"));
        return new Found(
                new Dependent(kind, row.getString("object"), row.getBoolean("blocks")),
                kind == Kind.INDEX && schema != null && name != null
                        ? Optional.of(TableName.of(Identifier.of(schema), Identifier.of(name)))
                        : Optional.empty(),
                kind == Kind.FOREIGN_KEY ? Optional.ofNullable(name).map(Identifier::of) : Optional.empty(),
                referred);
    }

    /**
     * A dependent, and how it is named in a statement.
     *
     * @param index the index, if it is one
     * @param foreignKey the foreign key, if it is one
     * @param referred the OID of the table that it refers to; null: it is no foreign key
     */
    record Found(
            Dependent dependent,
            Optional<TableName> index,
            Optional<Identifier> foreignKey,
            @Nullable Long referred) {}
}
