package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.coordinator.query.Blocker;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statement that finds sessions which may be in the way of a job's batches. */
final class BlockerStore {

    // A batch waits for a lock for less than a moment and tries again, so it is seldom seen waiting: asked is who
    // holds locks. A mode that conflicts with an UPDATE is in the way of every batch; a transaction that changes or
    // locks rows, and lasts, of those that meet its rows. Without pg_read_all_stats, a role does not see how long
    // others' last.
    private static final String BLOCKERS = """
            with locks as (
              select l.pid, l.virtualtransaction, l.mode, format('%I.%I', r.schema_name, r.table_name) as relation,
                     l.mode not in ('RowShareLock', 'RowExclusiveLock') as whole
              from pg_catalog.pg_locks l join backfleet.job_relation r on r.relation = l.relation
              where r.job_id = :job and l.locktype = 'relation' and l.granted
                and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
                and l.mode not in ('AccessShareLock', 'ShareUpdateExclusiveLock')
            )
            select a.pid, a.usename::text as who, a.application_name as application, a.state, a.xact_start as since,
                   l.mode, l.relation, l.whole
            from locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
            where not starts_with(coalesce(a.application_name, ''), 'backfleet')
              and (l.whole or coalesce(a.xact_start < clock_timestamp() - interval '3 seconds', true))
            union all
            select null, p.owner::text, p.gid, null, p.prepared, l.mode, l.relation, l.whole
            from locks l join pg_catalog.pg_prepared_xacts p on l.virtualtransaction = '-1/' || p.transaction::text
            order by whole desc, since
            limit 3
            """;

    private final Handle handle;

    BlockerStore(Handle handle) {
        this.handle = handle;
    }

    /** Sessions outside of the fleet that hold locks on tables of the job, the likeliest first. */
    List<Blocker> blockers(long job) {
        return handle.createQuery(BLOCKERS)
                .bind("job", job)
                .map((row, context) -> blocker(row))
                .list();
    }

    private static Blocker blocker(ResultSet row) throws SQLException {
        var since = row.getObject("since", OffsetDateTime.class);
        return new Blocker(
                row.getObject("pid", Integer.class),
                row.getString("who"),
                row.getString("application"),
                row.getString("state"),
                since == null ? null : since.toInstant(),
                row.getString("mode"),
                row.getString("relation"));
    }
}
