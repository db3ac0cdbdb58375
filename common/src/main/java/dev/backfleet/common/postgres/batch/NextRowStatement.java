package dev.backfleet.common.postgres.batch;

import static java.util.Map.entry;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;
import java.util.Map;

/**
 * Writes the statements that search for the next row of a shard when a batch has not enough time to scan to it. They
 * change nothing and lock no row; {@link KnownRowStatement} uses the result.
 */
public final class NextRowStatement {

    private static final String NEXT_ROW = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::integer as number, ?::bigint as epoch, ?::text[] as cursor{pass-input}, ?::text as up_to
            ), {fence}, backfleet_nth as materialized (
              {next-row}
            )
            select exists (select from backfleet_fence) as held,
                   case when n.n1 is not null then array[{key-text}] end as point
            from (select) backfleet_one left join backfleet_nth n on true
            """;

    // A value of the statistics is as old as the last ANALYZE and need not belong to a row. It is compared like the
    // column.
    private static final String LANDMARK = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::integer as number, ?::text[] as cursor
            ), backfleet_values as materialized (
              select {column}::{type} as v from only {relation} as backfleet_k where false
              union all
              select b.v::{type}
              from pg_catalog.pg_stats s
              cross join lateral unnest(s.histogram_bounds::text::text[]) as b (v)
              where s.schemaname = {schema} and s.tablename = {table} and s.attname = {name} and not s.inherited
            )
            select b.v::text as landmark
            from backfleet_values b, backfleet_input i, backfleet.shard s
            where s.job_id = i.job and s.number = i.number and {before-end} and (i.cursor is null or {after-cursor})
            order by b.v limit 1
            """;

    private NextRowStatement() {}

    /**
     * Searches for the first row after a checkpoint, up to the shard's end or up to a value of the leading column.
     * Parameters: job, shard number, epoch, cursor (text[] or NULL), the pass if there are several, the value as text or NULL. The row it returns:
     * held (whether the claim still holds the shard, at that checkpoint), point (the row's key as text[], or NULL).
     *
     * @param start the kind of point that the checkpoint is
     * @param bounded whether there is an upper value
     */
    public static String of(JobDefinition job, JobDefinition.Table relation, Start start, boolean bounded) {
        var order = new KeyOrder(job.key());
        var fence = new Fence(job, relation);
        var bound = bounded
                ? " and "
                        + order.compare(
                                1, order.scanned(1), Comparison.LESS_OR_EQUAL, "(select h from backfleet_fence)")
                : "";
        return BatchStatement.fill(
                job,
                relation,
                start,
                NEXT_ROW,
                Map.of(
                        "fence",
                        fence.reading(fence.cursor() + ", " + fence.upper() + ", (select up_to from backfleet_input)::"
                                + order.column(1).type() + " as h"),
                        "next-row",
                        BatchStatement.firstAfter(job, relation, start, bound),
                        "key-text",
                        order.each(i -> "n.n" + i + "::text")));
    }

    /**
     * Reads the nearest value of the leading column after a checkpoint and before the shard's end from the table's
     * statistics. Parameters: job, shard number, cursor (text[] or NULL). Returns the value as text; no row if there is
     * none, or if the role may not see it.
     */
    public static String landmark(JobDefinition job, JobDefinition.Table relation) {
        var order = new KeyOrder(job.key());
        var type = order.column(1).type();
        return BatchStatement.fill(
                job,
                relation,
                Start.BEFORE_ALL,
                LANDMARK,
                Map.ofEntries(
                        entry("type", type),
                        entry("column", order.scanned(1)),
                        entry("schema", BatchStatement.literal(relation.schema())),
                        entry("table", BatchStatement.literal(relation.name())),
                        entry("name", BatchStatement.literal(order.column(1).name())),
                        entry("before-end", order.compare(1, "b.v", Comparison.LESS, "s.upper[1]::" + type)),
                        entry("after-cursor", order.compare(1, "b.v", Comparison.GREATER, "i.cursor[1]::" + type))));
    }
}
