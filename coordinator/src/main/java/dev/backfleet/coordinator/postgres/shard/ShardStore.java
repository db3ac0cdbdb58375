package dev.backfleet.coordinator.postgres.shard;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about shards that several transactions of the coordinator share: to revoke them, and to see which are open. */
public final class ShardStore {

    // Waits for the batches that are under way: when this has committed, none of them can commit any more. Both the
    // command and the coordinator put a pause into effect: they lock in the same order, which rules out a deadlock.
    private static final String REVOKE = """
            with taken as (
              select job_id, number from backfleet.shard
              where state in ('RUNNING', 'DISPATCHED') and (:job::bigint is null or job_id = :job)
              order by job_id, number
              for update
            )
            update backfleet.shard s
            set state = 'PENDING', worker = null, lease_until = null
            from taken t
            where s.job_id = t.job_id and s.number = t.number
            """;

    private static final String LAST_BATCH = """
            select max(last_batch_at) from backfleet.shard where :job::bigint is null or job_id = :job
            """;

    private static final String FIRST_ERROR = """
            select 'shard ' || number || ': ' || coalesce(error_code || ': ', '') || error
            from backfleet.shard where job_id = :job and state = 'FAILED' order by number limit 1
            """;

    // ORDER BY makes the planner use the index, which EXISTS would not.
    private static final String IS_OPEN = """
            select (select true from backfleet.shard where job_id = :job and state = 'PENDING'
                    order by held, wave, turn limit 1) is not null
                or exists (select from backfleet.shard where job_id = :job and state in ('DISPATCHED', 'RUNNING'))
            """;

    private static final String IN_FLIGHT = """
            select count(*) filter (where state = 'DISPATCHED') as dispatched,
                   count(*) filter (where state = 'RUNNING') as running
            from backfleet.shard where job_id = :job and state in ('DISPATCHED', 'RUNNING')
            """;

    private final Handle handle;

    public ShardStore(Handle handle) {
        this.handle = handle;
    }

    /** Makes RUNNING and DISPATCHED shards of a job, or of all jobs, PENDING; returns their number. */
    public int revoke(Optional<Long> job) {
        return handle.createUpdate(REVOKE).bind("job", job.orElse(null)).execute();
    }

    /** The time of the last batch of a job, or of all jobs. */
    public Optional<Instant> lastBatch(Optional<Long> job) {
        return handle.createQuery(LAST_BATCH)
                .bind("job", job.orElse(null))
                .mapTo(Instant.class)
                .findFirst();
    }

    /** The error of a FAILED shard. */
    public Optional<String> firstError(long job) {
        return handle.createQuery(FIRST_ERROR)
                .bind("job", job)
                .mapTo(String.class)
                .findOne();
    }

    /** Whether a shard of the job is neither DONE nor FAILED. */
    public boolean isOpen(long job) {
        return handle.createQuery(IS_OPEN).bind("job", job).mapTo(Boolean.class).one();
    }

    /** How many shards of a job are DISPATCHED and RUNNING. */
    public InFlight inFlight(long job) {
        return handle.createQuery(IN_FLIGHT)
                .bind("job", job)
                .map((row, c) -> new InFlight(row.getInt("dispatched"), row.getInt("running")))
                .one();
    }

    /** How many shards are DISPATCHED and RUNNING. */
    public record InFlight(int dispatched, int running) {
        /** Whether there is any. */
        public boolean any() {
            return dispatched + running > 0;
        }
    }
}
