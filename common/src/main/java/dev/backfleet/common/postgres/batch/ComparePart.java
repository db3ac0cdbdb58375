package dev.backfleet.common.postgres.batch;

import static java.util.Map.entry;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a batch's range once, judges each ({@link RowJudgement}), and stores what is wrong: counts by tenant, and the
 * keys of some rows. Nothing is stored of a range without findings. What is stored is counted once, whatever happens to the
 * worker: it commits together with the checkpoint. The number of rows that could be judged stands for the changed ones.
 */
final class ComparePart implements WorkPart {
    /** The most keys of a kind that a batch stores, of one tenant and of all. */
    private static final int KEYS_OF_TENANT = 5;

    private static final int KEYS_OF_BATCH = 100;

    /** About how many keys of a kind are stored for a job: slots that store some at the same moment may exceed it. */
    private static final int KEYS_OF_JOB = 1_000;

    // For a row that is as it should be, the judgement is computed once, right above the scan, and nothing else: a
    // subquery that passes each row on takes as long as a simple expression. Whether a row can be judged is a condition
    // of its own, most often a constant. An expression is never computed for a row outside of the range: those are
    // filtered below.
    private static final String JUDGED = """
            ), backfleet_judged as materialized (
              select count(*) as passed, count(*) filter (where {unjudged}) as untold,
                     array_agg(row({finding}, {tenant}::text, {alias}.xmin, array[{point}])) filter (where ({finding}) <> 0) as found
              from only {relation} as {alias}
              where ({arms})
            """;

    /** What is wrong: {@code backfleet_sums} by tenant, and {@code backfleet_some} keys. Needs {@code backfleet_judged}. */
    static final String FOUND = """
            ), backfleet_found as materialized (
              select case when f.finding < 0 then 'NEW_ONLY'
                          when f.point in (select q.key from backfleet.quarantine q
                                           where q.job_id = {checked} and q.relation = to_regclass({relation-literal}))
                            then 'QUARANTINED'
                          when f.finding = 1 then 'MISSING' else 'DIFFERENT' end as finding,
                     backfleet.reconcile_label(f.tenant) as tenant,
                     backfleet.written(f.written, {submitted}, {finished}) as written, f.point
              from backfleet_judged j
              cross join lateral unnest(j.found) as f (finding integer, tenant text, written xid, point text[])
            ), backfleet_sums as materialized (
              select f.tenant, f.finding, f.written, count(*) as rows
              from backfleet_found f group by f.tenant, f.finding, f.written
            ), backfleet_some as materialized (
              select f.tenant, f.finding, f.written, f.point
              from (select f.*, row_number() over (partition by f.finding, f.tenant order by f.point) as of_tenant,
                           row_number() over (partition by f.finding order by f.tenant, f.point) as of_batch
                    from backfleet_found f where f.finding <> 'NEW_ONLY') f
              where f.of_tenant <= {keys-of-tenant} and f.of_batch <= {keys-of-batch}
            """;

    /** How many rows could be judged. Needs {@code backfleet_walked} and {@code backfleet_judged}. */
    static final String COUNTED = """
            ), backfleet_counted as materialized (
              select w.walked - j.untold as changed from backfleet_walked w cross join backfleet_judged j
            """;

    // A number of findings that is already reached is read only if there is a further one.
    static final String STORED = """
            ), backfleet_tenants as (
              insert into backfleet.reconcile_tenant as t (job_id, tenant, shard, finding, written, rows)
              select i.job, f.tenant, i.number, f.finding, f.written, f.rows
              from backfleet_sums f cross join backfleet_input i where f.finding <> 'NEW_ONLY'
              on conflict (job_id, tenant, shard, finding, written) do update set rows = t.rows + excluded.rows
            ), backfleet_keys as (
              insert into backfleet.reconcile_row (job_id, tenant, finding, written, relation, key)
              select i.job, f.tenant, f.finding, f.written, to_regclass({relation-literal}), f.point
              from backfleet_some f cross join backfleet_input i
              where case f.finding when 'MISSING' then {missing-wanted} when 'DIFFERENT' then {different-wanted}
                    else {quarantined-wanted} end
            {new-only}
            """;

    // These rows are in sync. They are counted apart from those that are wrong, and no key is stored.
    private static final String NEW_ONLY = """
            ), backfleet_new_only as (
              insert into backfleet.reconcile_new_only as t (job_id, tenant, shard, rows)
              select i.job, f.tenant, i.number, sum(f.rows) from backfleet_sums f cross join backfleet_input i
              where f.finding = 'NEW_ONLY' group by i.job, f.tenant, i.number
              on conflict (job_id, tenant, shard) do update set rows = t.rows + excluded.rows
            """;

    private static final String REJECTED = """
            ), backfleet_rejected as materialized (
              select backfleet.reconcile_label(r.tenant::text) as tenant, backfleet.written(r.written, {submitted}, {finished}) as written
              from (select {tenant} as tenant, {alias}.xmin as written from only {relation} as {alias} where ({arms})) r
            ), backfleet_tenants as (
              insert into backfleet.reconcile_tenant as t (job_id, tenant, shard, finding, written, rows)
              select i.job, f.tenant, i.number, 'FAILED', f.written, 1
              from backfleet_rejected f cross join backfleet_job cross join backfleet_input i
              on conflict (job_id, tenant, shard, finding, written) do update set rows = t.rows + excluded.rows
            """;

    private static final String WANTED = """
            (select count(*) < %d from backfleet.reconcile_row e
                                        where e.job_id = (select job from backfleet_input) and e.finding = '%s')""";

    private final JobDefinition job;
    private final CompareRows compare;

    ComparePart(JobDefinition job) {
        this.job = job;
        this.compare = job.compareRows();
    }

    @Override
    public String text() {
        return FOUND + STORED + COUNTED;
    }

    @Override
    public Optional<String> scan() {
        return Optional.of(JUDGED);
    }

    @Override
    public String rejected() {
        return REJECTED;
    }

    @Override
    public Map<String, String> placeholders(String relation, String arms) {
        var order = new KeyOrder(job.key());
        var row = new RowAlias(job);
        var tenant = compare.tenant();
        return Map.ofEntries(
                entry("finding", RowJudgement.finding(job)),
                entry("unjudged", RowJudgement.unjudged(job)),
                entry(
                        "tenant",
                        tenant == null
                                ? "null::text"
                                : row.quoted() + "." + Identifier.of(tenant).quoted()),
                entry(
                        "point",
                        order.each(i -> row.key(i) + "::" + order.column(i).type() + "::text")),
                entry("checked", String.valueOf(compare.job())),
                entry("submitted", id(compare.submittedXid())),
                entry("finished", id(compare.finishedXid())),
                entry("keys-of-tenant", String.valueOf(tenant == null ? KEYS_OF_BATCH : KEYS_OF_TENANT)),
                entry("keys-of-batch", String.valueOf(KEYS_OF_BATCH)),
                entry("new-only", compare.down() == null ? "" : NEW_ONLY),
                entry("missing-wanted", wanted("MISSING")),
                entry("different-wanted", wanted("DIFFERENT")),
                entry("quarantined-wanted", wanted("QUARANTINED")));
    }

    private static String wanted(String finding) {
        return WANTED.formatted(KEYS_OF_JOB, finding);
    }

    private static String id(@Nullable Long transaction) {
        return transaction == null ? "null" : transaction.toString();
    }
}
