package dev.backfleet.coordinator.postgres.shard;

import static java.util.Map.entry;
import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.postgres.catalog.TableSizes;
import dev.backfleet.coordinator.postgres.catalog.TableSizes.Size;
import dev.backfleet.coordinator.query.plan.Tenants;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/**
 * Splits a table, or a leaf of a partitioned one, into shards. Only PostgreSQL compares keys: the boundaries are
 * quantiles of a sample whose size follows from the number of shards, never from the number of rows, so that planning
 * costs the same for 10 million rows of 50,000 a shard as for 10 billion of 50 million. Small tables are read whole and
 * cut exactly.
 *
 * <p>With a tenant in front of the key, a tenant that fills a shard gets shards of its own, and runs of small tenants
 * share one that ends where a tenant ends. The order of dispatch alternates between the tenants, so that they finish in the
 * order of their size.
 */
public final class ShardCutter {
    /** Tables up to this size, in pages, are split exactly. */
    private static final long SMALL_PAGES = 2_000;

    /** How many pages are sampled for each shard; about a thousand rows. */
    private static final long PAGES_PER_SHARD = 10;

    private static final long FEWEST_PAGES = 500;

    /** By how much the server's estimate may differ from that of the sample, which has an error too. */
    private static final double TOLERATED = 0.2;

    /**
     * Parameters: job, relation, first (the number before the first shard's), per_shard (how many rows of the sample
     * make a shard). Returns how many rows the sample has, and how many shards were stored.
     */
    private static final String CUT = """
            with sample as materialized (
              select {columns} from only {relation} k {tablesample}
            ), counted as (
              select *, {is-large} as is_large from sample
            ), marked as (
              select *, coalesce(is_large is distinct from lag(is_large) over w or (is_large and not ({same-tenant})), true)
                as starts
              from counted window w as (order by {key})
            ), runs as (
              select *, count(*) filter (where starts) over (order by {key}) as run from marked
            ), numbered as (
              select *, row_number() over (partition by run order by {key}) as rn, count(*) over (partition by run) as n
              from runs
            ), pieces as (
              select *, greatest(1, round(n / :per_shard))::bigint as pieces from numbered
            ), cuts as materialized (
              select {key}, is_large from pieces
              where rn < n and rn * pieces / n > (rn - 1) * pieces / n
            ), large_tenants as materialized (
              select distinct k1 from counted where is_large
            ), bounds as (
              {cut-bounds}
              union
              select * from (select {columns} from only {relation} k order by {columns-desc} limit 1) newest
            ), stored as (
              {store}
            )
            select (select count(*) from sample) as sampled, (select count(*) from stored) as shards{tenants}
            """;

    private static final String STORE = """
              insert into backfleet.shard (job_id, number, relation, turn, lower, cursor, upper)
              select :job, :first + row_number() over w, :relation::oid,
                     -- The golden ratio's multiples: neighbours in turn are far apart in the key space. Before them,
                     -- how many shards its tenant had before it: all tenants get their first, then their second.
                     {round} + mod((:first + row_number() over w) * 0.6180339887498949, 1),
                     lag(array[{key-text}]) over w, lag(array[{key-text}]) over w, array[{key-text}]
              from bounds window w as (order by {key})
              returning 1
            """.strip();

    private static final String COUNT = "select from bounds";

    private static final int LARGEST_TENANTS = 5;

    /** The tenants that fill shards of their own, the largest by name, and how many others the sample has. */
    private static final String TENANTS = """
            , (select count(*) from large_tenants) as large, (select count(distinct k1) from counted where not is_large) as others,
              array(select k1::text from counted where is_large group by k1 order by count(*) desc, k1 limit %1$d) as largest,
              array(select count(*) from counted where is_large group by k1 order by count(*) desc, k1 limit %1$d) as largest_rows
            """.formatted(LARGEST_TENANTS);

    private static final String KEY_BOUNDS = "select {key} from cuts";

    // A shard of small tenants ends with its last tenant's last row; a large tenant has a bound before and after it.
    private static final String TENANT_BOUNDS = """
            select {key} from cuts where is_large
              union
              select e.* from cuts c cross join lateral (
                select {columns} from only {relation} k where {tenant-of-cut} order by {columns-desc} limit 1) e
              where not c.is_large
              union
              select e.* from large_tenants w cross join lateral (
                select {columns} from only {relation} k where {tenant-of-large} order by {columns-desc} limit 1) e
              union
              select e.* from large_tenants w cross join lateral (
                select {columns} from only {relation} k where {tenant-before-large} order by {columns-desc} limit 1) e
            """.stripTrailing();

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z-]+)}");

    private final Handle handle;
    private final JobDefinition job;
    private final double largest;

    /**
     * Works in the transaction of {@code handle}.
     *
     * @param largest the largest share of a table that a shard may have, from 0 to 1
     */
    public ShardCutter(Handle handle, JobDefinition job, double largest) {
        this.handle = handle;
        this.job = job;
        this.largest = largest;
    }

    /**
     * Stores the shards of one table.
     *
     * @param jobId the job
     * @param relation the table, or a leaf
     * @param first how many shards the job has already
     */
    public Cut cut(long jobId, JobDefinition.Table relation, int first) {
        prepare();
        var size = TableSizes.of(handle, List.of(relation));
        var fraction = fraction(size);
        return handle.createQuery(statement(relation, fraction, STORE, ""))
                .bind("job", jobId)
                .bind("relation", relation.oid())
                .bind("first", first)
                .bind("per_shard", perShard(size, fraction))
                .map((row, context) -> new Cut(rows(size, fraction, row.getLong("sampled")), row.getInt("shards")))
                .one();
    }

    /** Cuts one table without storing its shards. */
    public Preview preview(JobDefinition.Table relation) {
        prepare();
        var size = TableSizes.of(handle, List.of(relation));
        var fraction = fraction(size);
        return handle.createQuery(statement(relation, fraction, COUNT, job.tenantLed() ? TENANTS : ""))
                .bind("per_shard", perShard(size, fraction))
                .map((row, context) -> new Preview(
                        new Cut(rows(size, fraction, row.getLong("sampled")), row.getInt("shards")),
                        job.tenantLed() ? Optional.of(tenants(row, fraction)) : Optional.empty()))
                .one();
    }

    private static Tenants tenants(ResultSet row, OptionalDouble fraction) throws SQLException {
        var names = (String[]) row.getArray("largest").getArray();
        var rows = (Long[]) row.getArray("largest_rows").getArray();
        var largest = IntStream.range(0, names.length)
                .mapToObj(i -> new Tenants.Large(names[i], Math.round(rows[i] / fraction.orElse(1))))
                .toList();
        return new Tenants(row.getLong("large"), largest, row.getLong("others"), fraction.isEmpty());
    }

    private void prepare() {
        // No sequential scans to find one row, even if the statistics suggest them.
        handle.execute("set local enable_seqscan = off");
        handle.execute("set local jit = off");
        // A round of planning waits no longer than this for a lock on the table.
        handle.execute("set local lock_timeout = '5s'");
    }

    private double perShard(Size size, OptionalDouble fraction) {
        return Math.max(1.0, shardRows(size) * fraction.orElse(1.0));
    }

    // The server's own statistics are based on more of the table than the sample, but may be older.
    private static long rows(Size size, OptionalDouble fraction, long sampled) {
        if (fraction.isEmpty()) {
            return sampled;
        }
        var bySample = sampled / fraction.getAsDouble();
        var agree = size.known() && Math.abs(size.rows() - bySample) <= TOLERATED * bySample;
        return Math.round(agree ? size.rows() : bySample);
    }

    /** Which fraction of the pages to sample; nothing if the table is small enough to be read whole. */
    private OptionalDouble fraction(Size size) {
        var pages = size.pages();
        var shards = (long) Math.ceil(size.rows() / shardRows(size));
        var wanted = Math.max(FEWEST_PAGES, shards * PAGES_PER_SHARD);
        return pages <= SMALL_PAGES || wanted * 2 >= pages
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) wanted / pages);
    }

    private double shardRows(Size size) {
        double wanted = job.shardRows();
        return largest < 1 ? Math.min(wanted, Math.max(1, size.rows() * largest)) : wanted;
    }

    private String statement(JobDefinition.Table table, OptionalDouble fraction, String store, String tenants) {
        var relation = table.escaped();
        var parts = Map.ofEntries(
                entry("relation", relation),
                entry("same-tenant", tenants("k1", Comparison.EQUAL, "(lag(k1) over w)")),
                entry("tenant-of-cut", tenants(column(1), Comparison.EQUAL, "c.k1")),
                entry("tenant-of-large", tenants(column(1), Comparison.EQUAL, "w.k1")),
                entry("tenant-before-large", tenants(column(1), Comparison.LESS, "w.k1")),
                entry("tablesample", fraction.isEmpty() ? "" : tablesample(fraction.getAsDouble())),
                entry("is-large", job.tenantLed() ? "count(*) over (partition by k1) >= :per_shard" : "false"),
                entry(
                        "round",
                        job.tenantLed()
                                ? "(row_number() over (partition by k1 order by " + each(i -> "k" + i) + ") - 1)"
                                : "0"),
                entry(
                        "columns",
                        each(i -> column(i) + "::" + job.key().get(i - 1).type() + " as k" + i)),
                entry("columns-desc", each(i -> column(i) + " desc")),
                entry("key", each(i -> "k" + i)),
                entry("key-text", each(i -> "k" + i + "::text")));
        var text = CUT.replace("{cut-bounds}", job.tenantLed() ? TENANT_BOUNDS : KEY_BOUNDS)
                .replace("{tenants}", tenants)
                .replace("{store}", store);
        return fill(text, parts);
    }

    // The same sample for the same table, so that planning can be reproduced.
    private static String tablesample(double fraction) {
        return String.format(Locale.ROOT, "tablesample system (%.6f) repeatable (1)", fraction * 100);
    }

    private static String fill(String template, Map<String, String> parts) {
        return PLACEHOLDER.matcher(template).replaceAll(match -> {
            var part = parts.get(match.group(1));
            if (part == null) {
                throw new IllegalStateException("no part for " + match.group());
            }
            return Matcher.quoteReplacement(part);
        });
    }

    private String column(int i) {
        return "k." + Identifier.of(job.key().get(i - 1).name()).escaped();
    }

    private String tenants(String left, Comparison comparison, String right) {
        return job.key().get(0).compare(left, comparison, right);
    }

    private String each(IntFunction<String> text) {
        return IntStream.rangeClosed(1, job.key().size()).mapToObj(text).collect(joining(", "));
    }

    /**
     * The result of splitting a table.
     *
     * @param rows the estimated number of rows
     * @param shards the number of shards that were stored
     */
    public record Cut(long rows, int shards) {}

    /**
     * How a table would be split.
     *
     * @param tenants its tenants, if shards follow them
     */
    public record Preview(Cut cut, Optional<Tenants> tenants) {}
}
