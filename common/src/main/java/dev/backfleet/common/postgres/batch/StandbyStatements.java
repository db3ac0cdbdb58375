package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import java.util.Map;

/**
 * Writes the statements of a batch that compares the rows of a standby: one reads the shard's bounds on the primary, one reads and
 * judges the rows on the standby, and one stores the result on the primary, together with the checkpoint.
 *
 * <p>A row is counted once all the same: rows are counted by ranges of the key, and the range that was read is stored under the
 * fence of every batch. A range whose result is lost, or whose shard was split meanwhile, is read again.
 */
public final class StandbyStatements {

    /**
     * Parameters: job, shard number, epoch, cursor (text[] or NULL). The row it returns: upper (text[]), submitted (text); no row if
     * the claim is stale, or the checkpoint is another one.
     */
    public static final String BOUNDS = """
            select s.upper, j.submitted_at::text as submitted
            from backfleet.shard s join backfleet.job j on j.id = s.job_id
            where s.job_id = ? and s.number = ? and s.epoch = ? and s.state = 'RUNNING' and s.cursor is not distinct from ?::text[]
            """;

    /**
     * Whether the standby can be read. Parameters: job, the time of its submission as text. The row it returns: recovering, replayed_at
     * as below, readable.
     */
    public static final String STATE = """
            select pg_catalog.pg_is_in_recovery() as recovering, pg_catalog.pg_last_xact_replay_timestamp()::text as replayed_at,
                   pg_catalog.pg_is_in_recovery() and exists (
                     select from backfleet.job j where j.id = ? and j.submitted_at = ?::timestamptz) as readable
            """;

    private static final String INPUT = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::timestamptz as submitted, ?::text[] as cursor, ?::text[] as upper, ?::integer as size
            """;

    // One row in any case, so that a standby that cannot be read says why.
    private static final String TOLD = """
            )
            select pg_catalog.pg_is_in_recovery() as recovering, pg_catalog.pg_last_xact_replay_timestamp()::text as replayed_at,
                   r.point, r.last, w.walked, c.changed,
                   (select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f)) from backfleet_sums f)::text as sums,
                   (select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f)) from backfleet_some f)::text as points
            from (select) backfleet_one
            left join (backfleet_range r cross join backfleet_walked w cross join backfleet_counted c) on true
            """;

    private static final String COMMIT = """
            with backfleet_input as materialized (
              select ?::bigint as job, ?::integer as number, ?::bigint as epoch, ?::text[] as cursor, ?::double precision as lease,
                     ?::text[] as upper, ?::text[] as point, ?::boolean as last, ?::bigint as walked, ?::bigint as judged,
                     ?::jsonb as sums, ?::jsonb as points
            ), {fence}, backfleet_range as materialized (
              select i.point, i.last from backfleet_fence f cross join backfleet_input i
            ), backfleet_walked as materialized (
              select i.walked from backfleet_range r cross join backfleet_input i
            ), backfleet_counted as materialized (
              select i.judged as changed from backfleet_range r cross join backfleet_input i
            ), backfleet_sums as materialized (
              select f.* from backfleet_range r cross join backfleet_input i
              cross join lateral pg_catalog.jsonb_to_recordset(i.sums) as f (tenant text, finding text, written text, rows bigint)
            ), backfleet_some as materialized (
              select f.* from backfleet_range r cross join backfleet_input i
              cross join lateral pg_catalog.jsonb_to_recordset(i.points) as f (tenant text, finding text, written text, point text[])
            """;

    private StandbyStatements() {}

    /**
     * The statement for the standby. Parameters: job, the time of its submission as text, cursor (text[] or NULL), upper (text[]),
     * size in rows. The row it returns: recovering (whether the server is a standby), replayed_at (the time of the last transaction
     * that it has replayed), point (NULL if the server is no standby, or has not replayed the submission), last, walked, changed
     * (rows that could be judged), sums and points (JSON, or NULL).
     *
     * @param endsWithTenant whether the shard's upper bound may be the end of a tenant
     * @param whole whether the batch reads what is left of the shard
     */
    public static String reading(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, boolean whole) {
        return BatchStatement.onStandby(
                job, relation, start, endsWithTenant, whole, INPUT, ComparePart.FOUND + ComparePart.COUNTED + TOLD);
    }

    /**
     * The statement that stores the result. Parameters: job, shard number, epoch, cursor, lease in seconds, then the upper bound that
     * was read, and what the standby returned: point, last, walked, changed, sums, points. It returns what a batch does
     * ({@link BatchStatement}); no row if the fence did not hold, or the shard has another upper bound.
     */
    public static String storing(JobDefinition job, JobDefinition.Table relation) {
        return BatchStatement.fill(
                job,
                relation,
                Start.BEFORE_ALL,
                COMMIT + ComparePart.STORED + CheckpointPart.MOVE,
                Map.of(
                        "fence",
                        new Fence(job, relation)
                                .locking("s.upper", "\n    and s.upper = (select upper from backfleet_input)")));
    }
}
