package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.step.TableShape.Kind;
import dev.backfleet.coordinator.migration.step.TableShape.Part;
import dev.backfleet.coordinator.migration.step.TableShape.Referred;
import dev.backfleet.coordinator.postgres.migration.trial.DefinitionTrial;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The statements that read the facts about a table of a migration. */
final class TableShapeStore {

    private static final String RELATION = """
            select c.oid::bigint as oid, n.nspname, c.relname, current_setting('server_version_num')::integer as version,
                   case when c.relpersistence = 't' or n.nspname in ('pg_catalog', 'information_schema', 'backfleet') then 'OTHER'
                        when c.relispartition then 'PARTITION'
                        when c.relkind = 'p' then 'PARTITIONED'
                        when c.relkind <> 'r' then 'OTHER'
                        when exists (select from pg_inherits i where c.oid in (i.inhparent, i.inhrelid)) then 'INHERITED'
                        else 'TABLE' end as kind
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = to_regclass(:name)
            """;

    private static final String PARTS = """
            select n.nspname, c.relname, pn.nspname as parent_schema, p.relname as parent_name, t.isleaf, c.relkind in ('r', 'p') as ordinary
            from pg_partition_tree(:oid::oid::regclass) t
            join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace
            join pg_class p on p.oid = t.parentrelid join pg_namespace pn on pn.oid = p.relnamespace
            where t.level > 0
            order by t.level, n.nspname, c.relname
            """;

    // A column that an expression of the partition key uses depends on its table from within, as a column of the key
    // itself does.
    private static final String PARTITION_COLUMNS = """
            select distinct a.attname::text
            from pg_partition_tree(:oid::oid::regclass) t
            join pg_partitioned_table p on p.partrelid = t.relid
            join pg_attribute a on a.attrelid = t.relid
            where a.attnum = any(p.partattrs)
               or exists (select from pg_depend d
                          where d.classid = 'pg_class'::regclass and d.objid = t.relid and d.objsubid = a.attnum
                            and d.refclassid = 'pg_class'::regclass and d.refobjid = t.relid and d.refobjsubid = 0
                            and d.deptype = 'i')
            """;

    private static final String COLUMNS = """
            select a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attgenerated <> '' as generated,
                   (select k.conname from pg_constraint k
                    where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum]) as not_null
            from pg_attribute a
            where a.attrelid = :oid::oid and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

    private static final String GRANTS = """
            select a.attname, r.rolname, x.privilege_type, bool_or(x.is_grantable) as grantable
            from pg_attribute a cross join aclexplode(a.attacl) x left join pg_roles r on r.oid = x.grantee
            where a.attrelid = :oid::oid and a.attnum > 0 and not a.attisdropped and (r.oid is not null or x.grantee = 0)
            group by a.attname, r.rolname, x.privilege_type
            order by a.attname, r.rolname nulls first, x.privilege_type
            """;

    private final Handle handle;

    TableShapeStore(Handle handle) {
        this.handle = handle;
    }

    /** The facts about the table of a migration; nothing if there is no table of that name. In a transaction that is rolled back. */
    Optional<TableShape> find(Migration migration) {
        return relation(migration.table())
                .map(relation -> shape(
                        migration,
                        relation,
                        trial -> trial.made(migration),
                        migration.copy().flatMap(copy -> other(migration, copy))));
    }

    private Optional<TableShape> other(Migration migration, Copy copy) {
        return relation(copy.into())
                .map(relation -> shape(migration, relation, trial -> trial.madeOfOther(migration), Optional.empty()));
    }

    private TableShape shape(
            Migration migration,
            Relation relation,
            Function<DefinitionTrial, TableShape.Definitions> made,
            Optional<TableShape> into) {
        var changeable = relation.kind() == Kind.TABLE || relation.kind() == Kind.PARTITIONED;
        return new TableShape(
                relation.oid(),
                relation.name(),
                relation.kind(),
                relation.version(),
                parts(relation.oid()),
                partitionColumns(relation.oid()),
                columns(relation.oid()),
                changeable
                        ? made.apply(new DefinitionTrial(handle.getConnection(), relation.name(), relation.version()))
                        : TableShape.Definitions.NONE,
                referred(migration),
                into);
    }

    private Optional<Relation> relation(TableName name) {
        return handle.createQuery(RELATION)
                .bind("name", name.quoted())
                .map((row, c) -> new Relation(
                        row.getLong("oid"),
                        name(row, "nspname", "relname"),
                        Kind.valueOf(row.getString("kind")),
                        row.getInt("version")))
                .findOne();
    }

    private List<Part> parts(long oid) {
        return handle.createQuery(PARTS)
                .bind("oid", oid)
                .map((row, c) -> new Part(
                        name(row, "nspname", "relname"),
                        name(row, "parent_schema", "parent_name"),
                        row.getBoolean("isleaf"),
                        row.getBoolean("ordinary")))
                .list();
    }

    private Set<Identifier> partitionColumns(long oid) {
        return new HashSet<>(handle.createQuery(PARTITION_COLUMNS)
                .bind("oid", oid)
                .map((row, c) -> Identifier.of(row.getString(1)))
                .list());
    }

    private List<ColumnShape> columns(long oid) {
        var grants = new HashMap<String, List<ColumnShape.Grant>>();
        handle.createQuery(GRANTS)
                .bind("oid", oid)
                .map((row, c) -> Map.entry(
                        row.getString("attname"),
                        new ColumnShape.Grant(
                                Optional.ofNullable(row.getString("rolname")).map(Identifier::of),
                                row.getString("privilege_type"),
                                row.getBoolean("grantable"))))
                .forEach(entry -> grants.computeIfAbsent(entry.getKey(), column -> new ArrayList<>())
                        .add(entry.getValue()));
        return handle.createQuery(COLUMNS)
                .bind("oid", oid)
                .map((row, c) -> new ColumnShape(
                        Identifier.of(row.getString("attname")),
                        row.getString("type"),
                        row.getBoolean("attnotnull"),
                        Optional.ofNullable(row.getString("not_null")).map(Identifier::of),
                        row.getBoolean("generated"),
                        grants.getOrDefault(row.getString("attname"), List.of())))
                .list();
    }

    private Map<TableName, Referred> referred(Migration migration) {
        var tables = new HashMap<TableName, Referred>();
        Stream.concat(migration.expand().stream(), migration.finish().stream())
                .map(element -> element instanceof Element.Into into ? into.element() : element)
                .filter(Element.ForeignKey.class::isInstance)
                .map(element -> ((Element.ForeignKey) element).table())
                .distinct()
                .forEach(table -> relation(table)
                        .ifPresent(found -> tables.put(
                                table,
                                new Referred(
                                        found.name(),
                                        parts(found.oid()).stream()
                                                .map(Part::name)
                                                .toList()))));
        // One that a step of expand makes is referred to later.
        migration.copy().map(Copy::into).ifPresent(into -> tables.computeIfAbsent(into, this::later));
        return tables;
    }

    private Referred later(TableName name) {
        var schema = name.schema().orElse(Identifier.of("public"));
        return relation(name)
                .map(found -> new Referred(
                        found.name(),
                        parts(found.oid()).stream().map(Part::name).toList()))
                .orElseGet(() -> new Referred(TableName.of(schema, name.name()), List.of()));
    }

    private static TableName name(ResultSet row, String schema, String name) throws SQLException {
        return TableName.of(Identifier.of(row.getString(schema)), Identifier.of(row.getString(name)));
    }

    private record Relation(long oid, TableName name, Kind kind, int version) {}
}
