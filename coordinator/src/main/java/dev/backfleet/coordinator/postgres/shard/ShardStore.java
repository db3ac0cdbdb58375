package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.shard} that are the coordinator's. */
public final class ShardStore {

    // Only a leader whose lease still runs may dispatch, and only shards of a job that is RUNNING.
    private static final String DISPATCH = """
            with chosen as (
              select s.job_id, s.number from backfleet.shard s
              where s.job_id = :job and s.state = 'PENDING' and (s.not_before is null or s.not_before <= now())
                and not s.held
                and s.wave <= (select j.wave from backfleet.job j where j.id = :job and j.state = 'RUNNING')
                and exists (select from backfleet.leader l where l.epoch = :leader and l.lease_until > now())
              order by s.wave, s.turn
              limit :count
              for update of s skip locked
            )
            update backfleet.shard s
            set state = 'DISPATCHED', dispatch = s.dispatch + 1, dispatched_at = now()
            from chosen c
            where s.job_id = c.job_id and s.number = c.number
            returning s.job_id, s.number, s.dispatch
            """;

    private static final String UNDO_DISPATCH = """
            update backfleet.shard set state = 'PENDING'
            where job_id = :job and number = :number and dispatch = :dispatch and state = 'DISPATCHED'
            """;

    private static final String REAP_EXPIRED = """
            with expired as (
              select job_id, number from backfleet.shard
              where state = 'RUNNING' and lease_until < clock_timestamp()
              for update skip locked
            )
            update backfleet.shard s
            set state = 'PENDING', worker = null, lease_until = null
            from expired e
            where s.job_id = e.job_id and s.number = e.number
            returning s.job_id, s.number
            """;

    private static final String REAP_UNCLAIMED = """
            with lost as (
              select job_id, number from backfleet.shard
              where state = 'DISPATCHED' and dispatched_at < clock_timestamp() - make_interval(secs => :age)
              for update skip locked
            )
            update backfleet.shard s
            set state = 'PENDING'
            from lost l
            where s.job_id = l.job_id and s.number = l.number
            returning s.job_id, s.number
            """;

    // Waits for the batches that are under way: when it has committed, no batch can commit any more. A pause is
    // put into effect by its command and by the coordinator: they lock in the same order, else they could wait
    // for each other.
    private static final String TAKE_BACK = """
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

    // The order makes sure of the index, which EXISTS would not.
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

    private static final Comparator<Task> BY_SHARD = Comparator.<Task>comparingLong(
                    task -> task.shard().job())
            .thenComparingInt(task -> task.shard().number());

    private final Handle handle;

    public ShardStore(Handle handle) {
        this.handle = handle;
    }

    /** Makes up to {@code count} PENDING shards of a job DISPATCHED, if {@code leader} still leads. */
    public List<Task> dispatch(long job, int count, long leader) {
        return handle.createQuery(DISPATCH)
                .bind("job", job)
                .bind("count", count)
                .bind("leader", leader)
                .map((row, context) ->
                        new Task(new ShardId(row.getLong("job_id"), row.getInt("number")), row.getLong("dispatch")))
                .list();
    }

    /** Makes shards PENDING again whose tasks could not be published. */
    void undoDispatch(List<Task> tasks) {
        var batch = handle.prepareBatch(UNDO_DISPATCH);
        // It is one transaction, and locks in the order in which a pause does.
        for (var task : tasks.stream().sorted(BY_SHARD).toList()) {
            batch.bind("job", task.shard().job())
                    .bind("number", task.shard().number())
                    .bind("dispatch", task.dispatch())
                    .add();
        }
        batch.execute();
    }

    /** Makes RUNNING shards PENDING whose lease has expired. */
    List<ShardId> reapExpired() {
        return handle.createQuery(REAP_EXPIRED).map((row, c) -> shard(row)).list();
    }

    /** Makes shards PENDING that were dispatched longer than {@code age} ago and never claimed. */
    List<ShardId> reapUnclaimed(Duration age) {
        return handle.createQuery(REAP_UNCLAIMED)
                .bind("age", age.toMillis() / 1000.0)
                .map((row, c) -> shard(row))
                .list();
    }

    /** Takes RUNNING and DISPATCHED from every shard of a job, or of all jobs; returns from how many. */
    public int takeBack(Optional<Long> job) {
        return handle.createUpdate(TAKE_BACK).bind("job", job.orElse(null)).execute();
    }

    /** When the last batch of a job, or of all jobs, was committed. */
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

    private static ShardId shard(java.sql.ResultSet row) throws java.sql.SQLException {
        return new ShardId(row.getLong("job_id"), row.getInt("number"));
    }

    /** How many shards are DISPATCHED and RUNNING. */
    public record InFlight(int dispatched, int running) {
        /** Whether there is any. */
        public boolean any() {
            return dispatched + running > 0;
        }
    }
}
