package dev.backfleet.common.postgres.batch;

import static java.util.Map.entry;
import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Writes a batch that does not scan: the caller has already searched, and passes the next row after the cursor, or the
 * point up to which there is none. The batch finds that row by its key, so that keys of deleted rows between the cursor
 * and the row cost nothing.
 *
 * <p>The fence is that of every batch, so that the cursor is still where the search began. A row that was inserted
 * between the cursor and the known row after the search is skipped, like every row that is inserted behind a cursor.
 */
public final class KnownRowStatement {

    /**
     * Parameters: those of a batch, then the point (text[]) and whether it is a row. No point means that there is no
     * row up to the shard's end. A point that is no row means that there is none up to it; it may be a tenant. The
     * shard may have been split since the search, so that its end may be before the point.
     */
    private static final String KNOWN = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::integer as number, ?::bigint as epoch, ?::text[] as cursor,
                     ?::integer as size, ?::double precision as lease{pass-input}, ?::text[] as point, ?::boolean as is_row{settings}
            ), {fence}, backfleet_point as materialized (
              select {no-columns} from only {relation} as backfleet_k where false
              union all
              select {point-columns} from backfleet_input i where i.point is not null
            ), backfleet_ends as materialized (
              select {nth-columns}, f.upper, i.point, n.n1 is null or {is-last} as last, coalesce({is-hit}, false) as hit
              from backfleet_fence f cross join backfleet_input i left join backfleet_point n on true
            ), backfleet_range as materialized (
              select {bound-columns}, {cursor} as point, last, hit, {patience} from backfleet_ends r
            ), backfleet_walked as materialized (
              select (select count(*) from only {relation} as backfleet_k where {is-row}) as walked from backfleet_range
            """;

    private KnownRowStatement() {}

    /**
     * The statement for batches of a job.
     *
     * @param job what to change
     * @param relation the table, or the leaf, that holds the rows
     */
    public static String of(JobDefinition job, JobDefinition.Table relation) {
        var work = WorkPart.of(job);
        return knowing(job, relation, work.scan().orElse("") + work.text() + CheckpointPart.MOVE);
    }

    /** The same with another part than the work and the move, as in {@link BatchStatement#walking}. */
    public static String knowing(JobDefinition job, JobDefinition.Table relation, String part) {
        return BatchStatement.fill(job, relation, Start.BEFORE_ALL, KNOWN + part, parts(job, new Fence(job, relation)));
    }

    private static Map<String, String> parts(JobDefinition job, Fence fence) {
        var order = new KeyOrder(job.key());
        var row = new RowAlias(job);
        var beforeTenant = order.compare(1, "n.n1", Comparison.LESS, "f.u1");
        var beforeRow = order.compare(i -> "n.n" + i, Comparison.LESS, i -> "f.u" + i);
        var upToTenant = order.compare(1, "n.n1", Comparison.LESS_OR_EQUAL, "f.u1");
        var upToRow = order.compare(i -> "n.n" + i, Comparison.LESS_OR_EQUAL, i -> "f.u" + i);
        return Map.ofEntries(
                entry("fence", fence.locking(fence.upper() + ", " + fence.boundKind(), "")),
                // So that the column's collation applies.
                entry(
                        "no-columns",
                        order.each(
                                i -> order.scanned(i) + "::" + order.column(i).type() + " as n" + i)),
                entry(
                        "point-columns",
                        order.each(i -> "i.point[" + i + "]::" + order.column(i).type())),
                entry(
                        "is-last",
                        "not (case when not i.is_row then " + beforeTenant + " when f.whole then " + beforeRow
                                + " else " + upToTenant + " end)"),
                entry("is-hit", "i.is_row and case when f.whole then " + upToRow + " else " + upToTenant + " end"),
                entry("bound-columns", order.each(i -> "n" + i + " as b" + i)),
                entry("is-row", each(order, i -> order.compare(i, order.scanned(i), Comparison.EQUAL, known(i)))),
                entry("arms", each(order, i -> order.compare(i, row.key(i), Comparison.EQUAL, known(i)))),
                entry("cursor", "case when r.last then r.upper else r.point end"));
    }

    private static String known(int i) {
        return "(select b" + i + " from backfleet_range where hit)";
    }

    private static String each(KeyOrder order, IntFunction<String> condition) {
        return IntStream.rangeClosed(1, order.columns()).mapToObj(condition).collect(joining(" and "));
    }
}
