package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import java.util.Collection;

/**
 * Writes the queries that tell whether a step is done. They compare what the catalog shows with what PostgreSQL has made of the
 * migration's definitions, under the search path of Backfleet's sessions, {@code public, pg_temp}.
 */
final class Checks {

    private static final String OF_TABLE = """
            select case when pg_catalog.to_regclass(%1$s) is null then %2$s else coalesce((
            %3$s
            ), 'open') end""";

    private static final String COLUMN = """
            select case
              when a.attgenerated <> '' then %3$s || ' is generated'
              when pg_catalog.format_type(a.atttypid, a.atttypmod) <> %4$s
                then %3$s || ' has the type ' || pg_catalog.format_type(a.atttypid, a.atttypmod) || ' instead of ' || %4$s
              when coalesce(nullif(a.attcollation, 0)::pg_catalog.regcollation::text, '') <> %5$s
                then %3$s || ' has the collation ' || nullif(a.attcollation, 0)::pg_catalog.regcollation::text || ' instead of ' || %5$s
              else 'done' end
            from pg_catalog.pg_attribute a
            where a.attrelid = %1$s::pg_catalog.regclass and a.attname = %2$s and a.attnum > 0 and not a.attisdropped""";

    private static final String OF_COLUMN = """
            select case when %3$s then 'done' else 'open' end
            from pg_catalog.pg_attribute a
            where a.attrelid = %1$s::pg_catalog.regclass and a.attname = %2$s and a.attnum > 0 and not a.attisdropped""";

    private static final String OF_CONSTRAINT = """
            select case when %3$s then 'the constraint ' || %4$s || ' is ' || pg_catalog.pg_get_constraintdef(k.oid)
              when %5$s then 'done' else 'open' end
            from pg_catalog.pg_constraint k
            where k.conrelid = %1$s::pg_catalog.regclass and k.conname = %2$s""";

    private static final String OTHER_KEY = """
            k.contype <> 'f' or k.confrelid is distinct from pg_catalog.to_regclass(%2$s)
                or array(select a.attname::text from pg_catalog.unnest(k.conkey) with ordinality u (number, place)
                         join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number order by u.place) <> %1$s
                or array(select a.attname::text from pg_catalog.unnest(k.confkey) with ordinality u (number, place)
                         join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number order by u.place) <> %3$s
                or k.confdeltype <> %4$s or k.confupdtype <> 'a' or k.confmatchtype <> 's' or k.condeferrable""";

    private static final String PRIMARY_KEY = """
            array(select a.attname::text
                         from pg_catalog.pg_constraint p cross join pg_catalog.unnest(p.conkey) with ordinality u (number, place)
                         join pg_catalog.pg_attribute a on a.attrelid = p.conrelid and a.attnum = u.number
                         where p.conrelid = k.confrelid and p.contype = 'p' order by u.place)""";

    // The whole text begins with the names of index and table, as quote_ident and so %I write them.
    private static final String INDEX_TAIL = """
            pg_catalog.substr(pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.length(pg_catalog.format('CREATE %%sINDEX %%I ON %%s%%I.%%I ',
                case when i.indisunique then 'UNIQUE ' else '' end, c.relname,
                case when c.relkind = 'I' then 'ONLY ' else '' end, tn.nspname, t.relname)) + 1)""";

    // A session that may not see what another one does still sees that it builds an index, and which table it has
    // locked.
    private static final String BEING_BUILT = """
            exists (select from pg_catalog.pg_stat_progress_create_index p
                    join pg_catalog.pg_database d on d.oid = p.datid and d.datname = pg_catalog.current_database()
                    where p.pid <> pg_catalog.pg_backend_pid()
                      and (p.index_relid = i.indexrelid
                        or p.index_relid is null and exists (
                          select from pg_catalog.pg_locks l
                          where l.pid = p.pid and l.locktype = 'relation' and l.database = p.datid and l.relation = i.indrelid
                            and l.mode = 'ShareUpdateExclusiveLock' and l.granted)))""";

    private static final String OTHER_UNIQUE = """
            k.contype <> 'u' or k.condeferrable or not exists (
                select from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
                join pg_catalog.pg_class t on t.oid = i.indrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
                where i.indexrelid = k.conindid and {tail} = %1$s)""".replace("{tail}", INDEX_TAIL);

    private static final String ATTACHED = """
            exists (select from pg_catalog.pg_index x
                    where x.indrelid = pg_catalog.to_regclass(%1$s)
                      and pg_catalog.to_regclass(%2$s) in (select a.relid from pg_catalog.pg_partition_ancestors(x.indexrelid) a)
                      and x.indexrelid <> pg_catalog.to_regclass(%2$s))""";

    private static final String INDEX = """
            select case
              when i.indexrelid is null then 'the name ' || %2$s || ' is taken by another relation'
              when i.indrelid <> %1$s::pg_catalog.regclass then 'the index ' || %2$s || ' belongs to ' || i.indrelid::pg_catalog.regclass::text
              when i.indisunique <> %4$s or {tail} <> %5$s then 'the index ' || %2$s || ' is ' || pg_catalog.pg_get_indexdef(i.indexrelid)
              when i.indisvalid or c.relkind = 'I' then 'done'
              when {being-built} then 'under way'
              else 'broken' end
            from pg_catalog.pg_class c
            left join pg_catalog.pg_index i on i.indexrelid = c.oid
            left join pg_catalog.pg_class t on t.oid = i.indrelid
            left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
            where c.oid = pg_catalog.to_regclass(%3$s)""".replace("{tail}", INDEX_TAIL).replace("{being-built}", BEING_BUILT);

    private Checks() {}

    /** Whether a table has a column with a definition. */
    static String column(TableName table, Identifier column, TableShape.Type type) {
        return ofTable(
                table,
                COLUMN.formatted(
                        Sql.relation(table),
                        Sql.literal(column),
                        Sql.literal("the column " + column),
                        Sql.literal(type.text()),
                        Sql.literal(type.collation())));
    }

    /** Whether a condition on {@code pg_attribute a} holds for a column. */
    static String ofColumn(TableName table, Identifier column, String done) {
        return ofTable(table, OF_COLUMN.formatted(Sql.relation(table), Sql.literal(column), done));
    }

    /**
     * Whether a constraint is there.
     *
     * @param other a condition on {@code pg_constraint k}: it has the name, and is another one
     * @param done what else must be true of it
     */
    static String constraint(TableName table, Identifier name, String other, String done) {
        return ofTable(
                table,
                OF_CONSTRAINT.formatted(
                        Sql.relation(table), Sql.literal(name), other, Sql.literal(name.toString()), done));
    }

    /** The condition that a constraint is not a check with a condition. */
    static String otherCondition(String condition) {
        return "k.contype <> 'c' or pg_catalog.pg_get_expr(k.conbin, k.conrelid) <> " + Sql.literal(condition);
    }

    /**
     * The condition that a constraint is not a foreign key.
     *
     * @param referred the columns that it refers to; none: the primary key
     * @param onDelete as {@code confdeltype} has it
     */
    static String otherKey(
            Collection<Identifier> columns, TableName table, Collection<Identifier> referred, char onDelete) {
        return OTHER_KEY.formatted(
                Sql.texts(columns),
                Sql.relation(table),
                referred.isEmpty() ? PRIMARY_KEY : Sql.texts(referred),
                Sql.literal(String.valueOf(onDelete)));
    }

    /**
     * Whether an index is there.
     *
     * @param definition what {@code pg_get_indexdef} says after the name of the table
     */
    static String index(TableName table, Identifier name, boolean unique, String definition) {
        return ofTable(
                table,
                INDEX.formatted(
                        Sql.relation(table),
                        Sql.literal(name.toString()),
                        Sql.relation(TableShape.qualified(table, name)),
                        unique,
                        Sql.literal(definition)));
    }

    /** The condition that a constraint is not a unique one with an index of this definition. */
    static String otherUnique(String definition) {
        return OTHER_UNIQUE.formatted(Sql.literal(definition));
    }

    /** The condition that a partition has an index that belongs to a partitioned one, directly or through others. */
    static String attached(TableName part, TableName index) {
        return ATTACHED.formatted(Sql.relation(part), Sql.relation(index));
    }

    /** A check that is done as well if a condition holds. */
    static String orElse(String condition, String check) {
        return "select case when " + condition + " then 'done' else (\n" + check + ") end";
    }

    /** Whether a condition holds. */
    static String holds(String condition) {
        return "select case when " + condition + " then 'done' else 'open' end";
    }

    /** The query, unless there is no such table; no row of it means open. */
    static String ofTable(TableName table, String query) {
        return OF_TABLE.formatted(Sql.relation(table), Sql.literal("there is no table " + table), query);
    }
}
