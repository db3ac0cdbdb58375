package dev.backfleet.coordinator.postgres.catalog;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The statements about the columns that a job sets, and about the tenants that it names. */
final class SetColumnStore {

    // An update of a column in an index, in its expressions or its condition is not HOT; an index that only summarizes
    // (BRIN) does not matter from PostgreSQL 16 on. An index of a partition is listed under the name of the partitioned
    // one.
    private static final String INDEXES = """
            with tables as (
              select :relation::oid as oid union select p.relation from backfleet.partitions_of(:relation::oid) p
            )
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
            order by 1, 2
            """;

    private static final String WITHOUT_ROWS = """
            select w.written from unnest(:tenants) with ordinality w (written, place)
            where not exists (select from {table} k where k.{column} = w.written::{type}) order by w.place
            """;

    private final Handle handle;

    SetColumnStore(Handle handle) {
        this.handle = handle;
    }

    /** The indexes that contain some columns, by column. */
    Map<String, List<String>> indexes(JobDefinition.Table table, List<String> columns) {
        return handle
                .createQuery(INDEXES)
                .bind("relation", table.oid())
                .bindArray("columns", String.class, columns)
                .map((row, context) -> Map.entry(row.getString("name"), row.getString("index")))
                .list()
                .stream()
                .collect(groupingBy(Map.Entry::getKey, LinkedHashMap::new, mapping(Map.Entry::getValue, toList())));
    }

    /** Those of some tenants, each a text that the column's type can read, that have no row. */
    List<String> withoutRows(JobDefinition.Table table, Column tenant, List<String> tenants) {
        var sql = WITHOUT_ROWS
                .replace("{table}", table.escaped())
                .replace("{column}", Identifier.of(tenant.name()).escaped())
                .replace("{type}", tenant.type());
        return handle.createQuery(sql)
                .bindArray("tenants", String.class, tenants)
                .mapTo(String.class)
                .list();
    }
}
