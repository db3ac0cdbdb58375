package dev.backfleet.coordinator.postgres.job;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about what a job has left out when its shards are done. */
public final class CompletenessStore {

    private static final String IS_WANTED = """
            select j.look_back and :look or exists (select from backfleet.new_partitions(j.id) n where not n.replaces)
            from backfleet.job j where j.id = :job
            """;

    private static final String WANT = "update backfleet.job set look_back = true where id = :job";

    private static final String WAITS = "select look_back from backfleet.job where id = :job";

    private static final String LOOKED = """
            update backfleet.job set look_back = false, rows_unchanged = :unchanged, rows_matching = :matching, orphans = :orphans
            where id = :job
            """;

    // FAILED shards have rows that were not scanned.
    private static final String COUNTS = """
            select coalesce(sum(s.rows_walked), 0)::bigint as walked, coalesce(sum(s.rows_changed), 0)::bigint as changed,
                   (select count(*) from backfleet.quarantine q where q.job_id = :job) as quarantined,
                   coalesce(bool_or(s.state = 'FAILED'), false) as failed
            from backfleet.shard s where s.job_id = :job
            """;

    // Only if the server has an estimate for each table.
    private static final String IN_TABLE = """
            select case when bool_and(c.reltuples > 0) then sum(c.reltuples::float8)::bigint end
            from backfleet.job_relation r join pg_catalog.pg_class c on c.oid = r.relation
            where r.job_id = :job and r.gone_at is null and c.relkind = 'r'
              and exists (select from backfleet.shard s where s.job_id = r.job_id and s.relation = r.relation)
            """;

    /**
     * The names of the triggers that can keep rows of a job {@code j} unchanged: a BEFORE trigger can.
     * suppress_redundant_updates_trigger does so only for rows that need no change, and the sync of its own migration does not fire.
     */
    public static final String KEEPING_TRIGGERS = """
            select string_agg(distinct quote_ident(t.tgname), ', ')
            from backfleet.job_relation r join pg_catalog.pg_trigger t on t.tgrelid = r.relation
            where r.job_id = j.id and j.reconciles is null and not t.tgisinternal and t.tgtype::int & 1 = 1 and t.tgtype::int & 2 = 2 and t.tgtype::int & 16 = 16
              and t.tgenabled = any(case when j.definition ->> 'triggers' = 'SUPPRESS' then '{R,A}' else '{O,A}' end::"char"[])
              and t.tgfoid <> 'pg_catalog.suppress_redundant_updates_trigger'::regproc
              and t.tgname is distinct from 'zz_backfleet_sync_' || (j.definition ->> 'migration') || '_u'
            """;

    private static final String TRIGGERS = "select (" + KEEPING_TRIGGERS + ") from backfleet.job j where j.id = :job";

    private final Handle handle;
    private final long job;

    private CompletenessStore(Handle handle, long job) {
        this.handle = handle;
        this.job = job;
    }

    public static CompletenessStore of(Handle handle, long job) {
        return new CompletenessStore(handle, job);
    }

    /**
     * Whether something must still be checked before the job may end: a new partition, or the job itself.
     *
     * @param look whether the job itself must be checked
     */
    public boolean isWanted(boolean look) {
        return handle.createQuery(IS_WANTED)
                .bind("look", look)
                .bind("job", job)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /** Requests the check before the job ends. */
    public void want() {
        handle.createUpdate(WANT).bind("job", job).execute();
    }

    /** Whether it was not checked yet. */
    public boolean waits() {
        return handle.createQuery(WAITS)
                .bind("job", job)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /** Stores the result of the check. */
    public void looked(@Nullable Long unchanged, @Nullable Long matching, @Nullable Long orphans) {
        handle.createUpdate(LOOKED)
                .bind("job", job)
                .bind("unchanged", unchanged)
                .bind("matching", matching)
                .bind("orphans", orphans)
                .execute();
    }

    /** The sums over the shards. */
    public Counts counts() {
        return handle.createQuery(COUNTS)
                .bind("job", job)
                .map((row, context) -> new Counts(
                        row.getLong("walked"),
                        row.getLong("changed"),
                        row.getLong("quarantined"),
                        row.getBoolean("failed")))
                .one();
    }

    /** The server's estimate of the rows in the tables that have shards; null if it has none. */
    @Nullable
    public Long inTable() {
        return handle.createQuery(IN_TABLE)
                .bind("job", job)
                .mapTo(Long.class)
                .findOne()
                .orElse(null);
    }

    /** The names of the triggers that can keep a row unchanged; null if there are none. */
    @Nullable
    public String triggers() {
        return handle.createQuery(TRIGGERS)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }

    /**
     * Sums over the shards.
     *
     * @param walked rows scanned
     * @param changed rows changed
     * @param quarantined rows in quarantine
     * @param failed whether a shard is FAILED
     */
    public record Counts(long walked, long changed, long quarantined, boolean failed) {
        public long unchanged() {
            return Math.max(0, walked - changed - quarantined);
        }
    }
}
