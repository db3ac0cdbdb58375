package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.batch.RowJudgement;
import dev.backfleet.coordinator.operation.reconcile.RepairRows;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements that sum up what reconciles have found. */
public final class ReconcileStore {

    private static final String COUNTED = """
            select p.definition::text as definition, v.missing + v.different + v.failed as wrong
            from backfleet.job p join backfleet.reconcile_verdict v on v.job_id = p.id
            where p.reconciles = :job and p.state = 'SUCCEEDED' order by p.id desc limit 1
            """;

    // The sums over the shards, in the transaction that ends the job: what is found later does not change them.
    private static final String CLOSE = """
            insert into backfleet.reconcile_verdict (job_id, scanned, judged, missing, different, failed, quarantined, since, before,
                                                     unknown, tenants, new_only)
            select j.id, s.scanned, s.judged, f.missing, f.different, f.failed, f.quarantined, f.since, f.before, f.unknown, f.tenants,
                   case when j.definition #> '{compare,down}' is not null
                     then (select coalesce(sum(n.rows), 0) from backfleet.reconcile_new_only n where n.job_id = j.id) end
            from backfleet.job j
            cross join lateral (
              select coalesce(sum(rows_walked), 0)::bigint as scanned, coalesce(sum(rows_changed), 0)::bigint as judged
              from backfleet.shard where job_id = j.id) s
            cross join lateral (
              select coalesce(sum(rows) filter (where finding = 'MISSING'), 0)::bigint as missing,
                     coalesce(sum(rows) filter (where finding = 'DIFFERENT'), 0)::bigint as different,
                     coalesce(sum(rows) filter (where finding = 'FAILED'), 0)::bigint as failed,
                     coalesce(sum(rows) filter (where finding = 'QUARANTINED'), 0)::bigint as quarantined,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'SINCE'), 0)::bigint as since,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'BEFORE'), 0)::bigint as before,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'UNKNOWN'), 0)::bigint as unknown,
                     count(distinct tenant) as tenants
              from backfleet.reconcile_tenant where job_id = j.id) f
            where j.id = :job and j.reconciles is not null
            on conflict (job_id) do nothing
            """;

    private final Handle handle;

    public ReconcileStore(Handle handle) {
        this.handle = handle;
    }

    /** The last reconcile of a job that has finished, with what it has found. */
    Optional<RepairRows.Counted> counted(long job) {
        return handle.createQuery(COUNTED)
                .bind("job", job)
                .map((row, context) -> {
                    var definition = JobDefinition.JSON.read(row.getString("definition"));
                    return new RepairRows.Counted(definition, RowJudgement.wrong(definition), row.getLong("wrong"));
                })
                .findOne();
    }

    /** Stores the sums of what a job has found, if it is one that compares rows. */
    public void close(long job) {
        handle.createUpdate(CLOSE).bind("job", job).execute();
    }
}
