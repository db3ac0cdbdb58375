package dev.backfleet.common.postgres.batch;

import static java.util.Map.entry;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RangeArms;
import dev.backfleet.common.postgres.key.RowAlias;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the statement of a batch: fence, boundary, the part of the work ({@link WorkPart}) and checkpoint in one round
 * trip and one transaction, so that a frozen worker never leaves a transaction open.
 *
 * <p>The range (cursor, boundary] of a composite key is not written as two row comparisons: an index scan stops at the
 * upper one only when the <em>first</em> column has passed it, and would read the index of a very large tenant to its
 * end with every batch. It is written as the arms of the lexicographic order instead, each of which has a tight range
 * in the index. Arms that do not apply compare with NULL.
 *
 * <p>The scan for the boundary ends where the leading column passes the shard's upper bound. The upper bound is read
 * from the shard's row under the fence, never from the claim's answer: a shard may be split while a worker holds it. If
 * the bound is the end of a tenant and not a row, the last row before it is used instead; both are read in one
 * snapshot, so that no row is between them for this statement.
 *
 * <p>The new cursor is converted to text before the first row is changed: a trigger can change the format of values.
 */
public final class BatchStatement {

    /**
     * The setting for how long a batch waits for a row lock while it holds other rows, for which the application may
     * wait.
     */
    public static final String WAIT_WITH_ROWS = "backfleet.wait_with_rows";

    /** The setting for how long a batch of one row waits for its row lock: it holds no row that others wait for. */
    public static final String WAIT_WITHOUT_ROWS = "backfleet.wait_without_rows";

    /**
     * Parameters, in order: job, shard number, epoch, cursor (text[] or NULL), size in rows, lease in seconds, and the pass if there are
     * several. The row it returns: cursor, pass if there are several, walked, changed, done, terms; no row if the fence did not hold. Only the batch that ends a
     * shard waits for its commit to be durable: a crash loses rows and checkpoint together. The terms' arguments are
     * columns, not sub-selects, so that PostgreSQL plans the function with the statement, once.
     */
    private static final String INPUT = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::integer as number, ?::bigint as epoch, ?::text[] as cursor,
                     ?::integer as size, ?::double precision as lease{pass-input}{settings}
            """;

    private static final String WALK = """
            ), {fence}, backfleet_nth as materialized (
              {nth}
            ), backfleet_bound as materialized (
              select f.*, {nth-columns}, n.n1 is null or {is-last} as last
              from backfleet_fence f left join backfleet_nth n on true
            ), {tail}backfleet_ends as materialized (
              select {from-columns}, {to-columns}, {end} from {bound}
            ), backfleet_range as materialized (
              select r.*, {shared-prefix} as shared, {cursor} as point, {patience} from backfleet_ends r
            """;

    // Only the last batch of a shard may have fewer rows than its size.
    private static final String WALKED = """
            ), backfleet_walked as materialized (
              select case when last
                then (select count(*)
                      from ({walk}) w
                      where {within-range})
                else (select size from backfleet_input) end as walked
              from backfleet_range
            """;

    private static final String WALKED_BY_SCAN = """
            ), backfleet_walked as materialized (
              select case when r.last then j.passed else (select size from backfleet_input) end as walked
              from backfleet_range r cross join backfleet_judged j
            """;

    // The last row before the end of a tenant, for a batch that reaches it.
    private static final String TAIL = """
            backfleet_tail as materialized (
              {tail-walk}
            ),
            """;

    // For this transaction only. The wait for the fence, before this, may take longer, since the transaction holds no
    // row yet.
    private static final String TIMEOUT = "pg_catalog.set_config('lock_timeout', pg_catalog.current_setting("
            + "case when (select size from backfleet_input) > 1 then '" + WAIT_WITH_ROWS + "' else '"
            + WAIT_WITHOUT_ROWS + "' end), true) as patience";

    /** The place for what the work stores beside a quarantined row, in a part that has {@code backfleet_job}. */
    public static final String REJECTED = "{rejected}";

    private static final String SIZE = "(select size from backfleet_input)";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z-]+)}");

    private final JobDefinition job;
    private final WorkPart work;
    private final RowAlias row;
    private final KeyOrder order;
    private final String relation;
    private final Start start;
    private final KeyWalk walk;
    private final UpperBoundPart bound;
    private final boolean endsWithTenant;
    private final CheckpointPart checkpoint;

    private BatchStatement(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, Fence fence) {
        this.job = job;
        this.work = WorkPart.of(job);
        this.row = new RowAlias(job);
        this.order = new KeyOrder(job.key());
        this.relation = relation.quoted();
        this.start = start;
        this.checkpoint = new CheckpointPart(job);
        this.walk = new KeyWalk(order, this.relation, start);
        this.bound = new UpperBoundPart(job, order, walk, fence);
        this.endsWithTenant = endsWithTenant;
    }

    /**
     * The statement for batches of a job.
     *
     * @param job what to change
     * @param relation the table, or the leaf, that holds the rows
     * @param start the kind of point that the batch starts from
     * @param endsWithTenant whether the shard's upper bound may be the end of a tenant; if false, the fence fails for
     *     such a bound
     */
    public static String of(JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant) {
        return of(job, relation, start, endsWithTenant, false);
    }

    /**
     * The statement for batches of a job.
     *
     * @param whole whether the batch reads what is left of the shard, whatever its size is: then no key is searched for
     */
    public static String of(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, boolean whole) {
        var work = WorkPart.of(job);
        return new BatchStatement(job, relation, start, endsWithTenant, new Fence(job, relation))
                .text(INPUT, whole, scan(work) + work.text() + CheckpointPart.MOVE);
    }

    /**
     * Sets the parameter of the pass, if the statements of the job have one.
     *
     * @param number of the parameter
     * @return the number of the next one
     */
    public static int bindPass(PreparedStatement statement, int number, JobDefinition job, int pass)
            throws SQLException {
        if (!job.walk().inPasses()) {
            return number;
        }
        statement.setShort(number, (short) pass);
        return number + 1;
    }

    /**
     * Whether a batch of a size is to read what is left of its shard. The search for its end takes a fifth of the time that it takes to
     * compare its rows; of one that changes rows, it is next to nothing.
     */
    public static boolean isWhole(JobDefinition job, int rows) {
        // A batch of one row looks for a row that is rejected.
        return !job.work().changesRows() && rows > 1 && rows >= job.shardRows();
    }

    /**
     * The same fence and scan, followed by another part than the work and the checkpoint.
     *
     * @param part what follows {@code backfleet_range} and {@code backfleet_walked}; it may contain the same
     *     placeholders, and {@link #REJECTED}
     */
    public static String walking(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, String part) {
        return new BatchStatement(job, relation, start, endsWithTenant, new Fence(job, relation))
                .text(INPUT, false, WALKED + part);
    }

    /** The same scan of the rows on a standby, with an input of its own. */
    static String onStandby(
            JobDefinition job,
            JobDefinition.Table relation,
            Start start,
            boolean endsWithTenant,
            boolean whole,
            String input,
            String part) {
        return new BatchStatement(job, relation, start, endsWithTenant, Fence.onStandby(job, relation))
                .text(input, whole, scan(WorkPart.of(job)) + part);
    }

    private static String scan(WorkPart work) {
        return work.scan().map(scan -> scan + WALKED_BY_SCAN).orElse(WALKED);
    }

    private String text(String input, boolean whole, String part) {
        return fill(
                input
                        + WALK.replace("{tail}", endsWithTenant ? TAIL : "")
                                .replace("{nth}", whole ? "{none}" : "{nth}")
                        + part,
                endsWithTenant ? bound.endOfTenant() : bound.row());
    }

    /** Fills another template, with the same parts and additional ones. */
    static String fill(
            JobDefinition job, JobDefinition.Table relation, Start start, String template, Map<String, String> more) {
        return new BatchStatement(job, relation, start, false, new Fence(job, relation)).fill(template, more);
    }

    /** The first row after the cursor, up to the shard's end, for which a condition with an AND before it holds. */
    static String firstAfter(JobDefinition job, JobDefinition.Table relation, Start start, String condition) {
        var statement = new BatchStatement(job, relation, start, false, new Fence(job, relation));
        return statement.walk.rows("n", statement.dueInReach() + condition, false, "limit 1", "1");
    }

    // In one pass, since expressions of the user may contain anything, even the name of a placeholder.
    private String fill(String template, Map<String, String> more) {
        var parts = new HashMap<>(parts());
        parts.putAll(checkpoint.placeholders());
        var rows = more.getOrDefault("arms", String.valueOf(parts.get("arms")));
        parts.putAll(work.placeholders(relation, rows));
        parts.putAll(more);
        return PLACEHOLDER.matcher(template.replace(REJECTED, work.rejected())).replaceAll(match -> {
            var text = parts.get(match.group(1));
            if (text == null) {
                throw new IllegalStateException("no part for " + match.group());
            }
            return Matcher.quoteReplacement(text);
        });
    }

    private Map<String, String> parts() {
        return Map.ofEntries(
                entry("patience", TIMEOUT),
                entry("relation-literal", literal(relation)),
                entry(
                        "nth",
                        walk.rows(
                                "n",
                                dueInReach(),
                                false,
                                "offset (select size - 1 from backfleet_input) limit 1",
                                SIZE)),
                entry("none", walk.none("n")),
                entry("walk", walk.rows("n", dueInReach(), false, "limit " + SIZE, SIZE)),
                entry(
                        "within-range",
                        order.compare(i -> "w.n" + i, Comparison.LESS_OR_EQUAL, i -> RangeArms.end("b", i, ""))),
                entry("nth-columns", each(i -> "n.n" + i)),
                entry("from-columns", each(i -> "c" + i)),
                entry("row-key", UpperBoundPart.keyAsText(order)),
                entry("shared-prefix", start == Start.AFTER_A_ROW ? new RangeArms(order, row).sharedPrefix() : "0"),
                entry("settings", TransactionSettings.columns(job)),
                entry("arms", arms()),
                entry("relation", relation),
                entry("alias", row.quoted()));
    }

    private String dueInReach() {
        return walk.inReach() + checkpoint.due(order::scanned);
    }

    private String arms() {
        var arms = new RangeArms(order, row);
        var range =
                switch (start) {
                    case BEFORE_ALL -> arms.fromStart("");
                    case AFTER_A_TENANT -> arms.fromStart(" and " + walk.afterTenant(row.key(1)));
                    case AFTER_A_ROW -> arms.fromCursor();
                };
        if (!job.work().changesRows()) {
            range += arms.never();
        }
        var due = checkpoint.due(row::key);
        return due.isEmpty() ? range : "(" + range + ")" + due;
    }

    private String each(IntFunction<String> text) {
        return order.each(text);
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
