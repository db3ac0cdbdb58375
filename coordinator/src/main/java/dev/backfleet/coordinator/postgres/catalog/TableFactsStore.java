package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyOperators;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.pin.TableFacts;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TableFacts.Index;
import dev.backfleet.coordinator.pin.TableFacts.Kind;
import dev.backfleet.coordinator.pin.TableFacts.Leaf;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The statements that read the facts about a table: its columns, indexes and leaves. */
final class TableFactsStore {

    private static final String RELATION = """
            select c.oid::bigint as oid, n.nspname, c.relname,
                   case when n.nspname = 'backfleet' then 'CONTROL'
                        when n.nspname in ('pg_catalog', 'information_schema') or starts_with(n.nspname, 'pg_toast') then 'SYSTEM'
                        when c.relpersistence = 't' then 'TEMPORARY'
                        when c.relkind = 'r' and exists (select from pg_inherits i where i.inhparent = c.oid) then 'INHERITED'
                        when c.relkind in ('r', 'p') then 'TABLE'
                        when c.relkind = 'v' then 'VIEW'
                        when c.relkind = 'm' then 'MATERIALIZED_VIEW'
                        when c.relkind = 'f' then 'FOREIGN_TABLE'
                        else 'OTHER' end as kind
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = to_regclass(:name)
            """;

    // A NOT NULL constraint that is NOT VALID does not count, in the table and in each of its partitions. A partition
    // may compute a generated column with another expression than its table.
    private static final String COLUMNS = """
            select a.attname, a.attnum, a.attgenerated <> '' as generated,
                   tn.nspname as type_schema, t.typname as type_name, backfleet.unreadable_type(a.atttypid) as unreadable,
                   a.attnotnull and not exists (
                     select from pg_constraint c
                     join pg_attribute l on l.attrelid = c.conrelid and l.attname = a.attname and l.attnum = any(c.conkey)
                     where c.contype = 'n' and not c.convalidated
                       and (c.conrelid = a.attrelid or c.conrelid in (select relation from backfleet.partitions_of(a.attrelid))))
                     as is_not_null,
                   a.attnotnull as says_not_null,
                   array(select distinct s.attname::text
                         from pg_attribute g
                         join pg_attrdef d on d.adrelid = g.attrelid and d.adnum = g.attnum
                         join pg_depend p on p.refclassid = 'pg_class'::regclass and p.refobjid = d.adrelid
                           and p.refobjsubid <> g.attnum
                           and (p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                             -- before PostgreSQL 15
                             or p.classid = 'pg_class'::regclass and p.objid = d.adrelid and p.objsubid = g.attnum)
                         join pg_attribute s on s.attrelid = d.adrelid and s.attnum = p.refobjsubid
                         where g.attname = a.attname and g.attgenerated <> ''
                           and (g.attrelid = a.attrelid or g.attrelid in (select relation from backfleet.partitions_of(a.attrelid))))
                     as computed_from
            from pg_attribute a
            join pg_type t on t.oid = backfleet.walked_type(a.atttypid)
            join pg_namespace tn on tn.oid = t.typnamespace
            where a.attrelid = :oid::oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

    // Plain order: each column's own default comparison and collation, and all ascending or all descending. The
    // operators of a column are in the order of their strategies: <, <=, =, >=, >.
    private static final String INDEXES = """
            select c.relname, i.indisprimary, i.indisunique and i.indimmediate as is_unique,
                   array(select a.attname::text from unnest(i.indkey) with ordinality k (number, place)
                         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                         where k.place <= i.indnkeyatts order by k.place) as columns,
                   (select bool_and(backfleet.is_default_order(cl.oid, a.atttypid) and a.attcollation = coll.oid)
                       and (bool_and(opt.bits = 0) or bool_and(opt.bits = 3))
                    from unnest(i.indkey) with ordinality k (number, place)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                    join unnest(i.indclass) with ordinality cl (oid, place) on cl.place = k.place
                    join unnest(i.indcollation) with ordinality coll (oid, place) on coll.place = k.place
                    join unnest(i.indoption) with ordinality opt (bits, place) on opt.place = k.place
                    where k.place <= i.indnkeyatts) as plain_order,
                   array(select s.name
                         from unnest(i.indclass) with ordinality cl (oid, place)
                         join pg_opclass o on o.oid = cl.oid
                         join pg_amop e on e.amopfamily = o.opcfamily and e.amoplefttype = o.opcintype
                           and e.amoprighttype = o.opcintype and e.amoppurpose = 's'
                         join pg_operator p on p.oid = e.amopopr join pg_namespace n on n.oid = p.oprnamespace
                         cross join lateral (values (1, n.nspname::text), (2, p.oprname::text)) s (i, name)
                         where cl.place <= i.indnkeyatts
                         order by cl.place, e.amopstrategy, s.i) as operators
            from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
            where i.indrelid = :oid::oid and m.amname = 'btree' and i.indisvalid and i.indisready
              and i.indpred is null and i.indexprs is null
            order by i.indisprimary desc, c.relname
            """;

    private static final String LEAVES = """
            select t.relid::oid::bigint as oid, n.nspname, c.relname, c.relkind = 'r' as ordinary
            from pg_partition_tree(:oid::oid::regclass) t
            join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace
            where t.isleaf
            union all
            select c.oid::bigint, n.nspname, c.relname, true
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = :oid::oid and c.relkind = 'r' and not c.relispartition
            order by nspname, relname
            """;

    // Of the table, of what is under it, and of what it is a part of. A column that an expression of the
    // partition key uses depends on its table from within, as a column of the partition key itself does.
    private static final String PARTITION_COLUMNS = """
            with tree as (
              select relid as oid from pg_partition_tree(:oid::oid::regclass)
              union select relid from pg_partition_ancestors(:oid::oid::regclass)
            )
            select distinct a.attname::text
            from tree t
            join pg_partitioned_table p on p.partrelid = t.oid
            join pg_attribute a on a.attrelid = t.oid
            where a.attnum = any(p.partattrs)
               or exists (select from pg_depend d
                          where d.classid = 'pg_class'::regclass and d.objid = t.oid and d.objsubid = a.attnum
                            and d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and d.refobjsubid = 0
                            and d.deptype = 'i')
            """;

    private final Handle handle;

    TableFactsStore(Handle handle) {
        this.handle = handle;
    }

    /** The facts about a table; nothing if there is no table with that name. */
    Optional<TableFacts> find(TableName name) {
        return handle.createQuery(RELATION)
                .bind("name", name.quoted())
                .map((row, context) -> facts(table(row), Kind.valueOf(row.getString("kind"))))
                .findOne();
    }

    private TableFacts facts(JobDefinition.Table table, Kind kind) {
        return new TableFacts(
                table,
                kind,
                handle.createQuery(COLUMNS)
                        .bind("oid", table.oid())
                        .map((row, c) -> column(row))
                        .list(),
                handle.createQuery(INDEXES)
                        .bind("oid", table.oid())
                        .map((row, c) -> index(row))
                        .list(),
                kind == Kind.TABLE ? leaves(table) : List.of(),
                partitionColumns(table));
    }

    private List<Leaf> leaves(JobDefinition.Table table) {
        return handle.createQuery(LEAVES)
                .bind("oid", table.oid())
                .map((row, c) -> new Leaf(table(row), row.getBoolean("ordinary")))
                .list();
    }

    private Set<String> partitionColumns(JobDefinition.Table table) {
        return new HashSet<>(handle.createQuery(PARTITION_COLUMNS)
                .bind("oid", table.oid())
                .mapTo(String.class)
                .list());
    }

    private static JobDefinition.Table table(ResultSet row) throws SQLException {
        return new JobDefinition.Table(row.getLong("oid"), row.getString("nspname"), row.getString("relname"));
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString("attname"),
                row.getInt("attnum"),
                Identifier.of(row.getString("type_schema")).escaped() + "."
                        + Identifier.of(row.getString("type_name")).escaped(),
                row.getString("unreadable"),
                row.getBoolean("is_not_null"),
                row.getBoolean("says_not_null"),
                row.getBoolean("generated"),
                Set.of((String[]) row.getArray("computed_from").getArray()));
    }

    private static Index index(ResultSet row) throws SQLException {
        return new Index(
                row.getString("relname"),
                List.of((String[]) row.getArray("columns").getArray()),
                operators((String[]) row.getArray("operators").getArray()),
                row.getBoolean("indisprimary"),
                row.getBoolean("is_unique"),
                row.getBoolean("plain_order"));
    }

    private static List<KeyOperators> operators(String[] names) {
        var texts = new ArrayList<String>();
        for (var i = 0; i + 1 < names.length; i += 2) {
            texts.add("operator(" + Identifier.of(names[i]).escaped() + "." + names[i + 1] + ")");
        }
        var all = new ArrayList<KeyOperators>();
        for (var i = 0; i + 4 < texts.size(); i += 5) {
            all.add(new KeyOperators(
                    texts.get(i), texts.get(i + 1), texts.get(i + 2), texts.get(i + 3), texts.get(i + 4)));
        }
        return all;
    }
}
