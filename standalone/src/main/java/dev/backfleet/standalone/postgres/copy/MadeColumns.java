package dev.backfleet.standalone.postgres.copy;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Writes for each column of a table an expression that makes a value of its type from the number of a row, {@code n.i}. */
final class MadeColumns {

    // Texts that may be as long as that are as good as unlimited; the leading column of a composite key has few values,
    // as a tenant.
    private static final String COLUMNS = """
            select a.attname as name, case
                when a.attnotnull is false and a.attname = any(:set) and not a.attname = any(:read) then 'null'
                else format('(%s)::%s', case
                  when b.typtype = 'e' then format('(enum_range(null::%1$s))[1 + n.i %% cardinality(enum_range(null::%1$s))]', format_type(b.oid, null))
                  when b.typcategory = 'A' then '''{}'''
                  when b.typtype = 'r' then '''empty'''
                  when b.typname = 'int2' then v.i || ' % 32768'
                  when b.typname in ('int4', 'int8', 'oid', 'numeric', 'float4', 'float8') then v.i
                  when b.typname = 'money' then v.i || '::numeric'
                  when b.typname = 'bool' then v.i || ' % 2 = 0'
                  when b.typcategory = 'S' then case when a.atttypmod between 1 and 16 then v.i || '::text' else '''text '' || ' || v.i end
                  when b.typname = 'date' then 'date ''2020-01-01'' + ' || v.i || ' % 3650'
                  when b.typname in ('timestamp', 'timestamptz') then 'timestamp ''2020-01-01'' + ' || v.i || ' * interval ''1 minute'''
                  when b.typname in ('time', 'timetz') then 'time ''00:00'' + ' || v.i || ' * interval ''1 second'''
                  when b.typname = 'interval' then v.i || ' * interval ''1 second'''
                  when b.typname = 'uuid' then 'md5((' || v.i || ')::text)'
                  when b.typname in ('json', 'jsonb') then 'jsonb_build_object(''n'', ' || v.i || ')'
                  when b.typname = 'bytea' then 'decode(md5((' || v.i || ')::text), ''hex'')'
                  when b.typname in ('inet', 'cidr') then 'inet ''10.0.0.0'' + ' || v.i
                  when b.typname = 'xml' then '''<n>'' || ' || v.i || ' || ''</n>'''
                  when b.typname in ('bit', 'varbit') then 'repeat(''0'', ' || greatest(1, a.atttypmod) || ')'
                  else 'null' end, format_type(a.atttypid, a.atttypmod)) end as value
            from pg_catalog.pg_attribute a
            left join pg_catalog.pg_index x on x.indrelid = a.attrelid and x.indisprimary
            cross join lateral (
              with recursive below as (
                select a.atttypid as oid
                union all select t.typbasetype from below b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype = 'd')
              select t.* from below w join pg_catalog.pg_type t on t.oid = w.oid where t.typtype <> 'd') b
            cross join lateral (select case when x.indnkeyatts > 1 and x.indkey[0] = a.attnum then '(n.i % 10)' else 'n.i' end as i) v
            where a.attrelid = to_regclass(:table) and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
            order by a.attnum
            """;

    private final Handle handle;
    private final String table;

    MadeColumns(Handle handle, String table) {
        this.handle = handle;
        this.table = table;
    }

    List<Column> of(List<String> set, List<String> read) {
        return handle.createQuery(COLUMNS)
                .bind("table", table)
                .bindArray("set", String.class, set)
                .bindArray("read", String.class, read)
                .map((row, context) -> new Column(row.getString("name"), row.getString("value")))
                .list();
    }

    /**
     * A column that gets a value.
     *
     * @param name its name
     * @param value the expression
     */
    record Column(String name, String value) {}
}
