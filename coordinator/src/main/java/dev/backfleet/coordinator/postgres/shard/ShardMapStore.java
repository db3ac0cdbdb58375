package dev.backfleet.coordinator.postgres.shard;

import org.jdbi.v3.core.Handle;

/**
 * The statements that keep the buckets of jobs, which count shards by their place in the key space. The plan makes them, and the
 * tally of {@link PostgresCounts} moves them on. Where something else has changed the shards, {@code map_next} says from which number
 * on the leader counts them.
 */
public final class ShardMapStore {
    /** How many buckets a job has at most. */
    static final int MOST = 1_024;

    /** How many shards are counted at once. */
    static final int AT_ONCE = 20_000;

    // Two coordinators that both believe to lead must not count a shard twice, or not at all.
    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('backfleet tally', 0))";

    private static final String PLANNED = """
            with planned as (
              update backfleet.job set map_width = greatest(1, (:shards + :most - 1) / :most), map_next = null where id = :job
              returning map_width as width
            )
            insert into backfleet.shard_bucket (job_id, bucket, total)
            select :job, b, least(p.width, :shards - (b - 1) * p.width)
            from planned p cross join generate_series(1, (:shards + p.width - 1) / p.width) b
            """;

    // A coordinator of the release before has planned it, tallied its shards, or split some of them.
    private static final String CHECK = """
            update backfleet.job j set map_next = 1
            where j.pruned_at is null and j.state <> 'PLANNING' and j.map_next is null
              and (j.map_width is null or exists (
                select from (select coalesce(sum(b.total), 0) as total, coalesce(sum(b.done), 0) as done
                             from backfleet.shard_bucket b where b.job_id = j.id) m
                where m.done <> j.tallied_shards
                   or m.total + (select count(*) from backfleet.shard s where s.job_id = j.id and s.parent is not null and not s.tallied)
                      <> coalesce((select max(s.number) from backfleet.shard s where s.job_id = j.id), 0)))
            """;

    // The unfinished ones first. The lock keeps a new partition, whose shards come with it, from being overlooked.
    private static final String NEXT = """
            select id from backfleet.job where map_next is not null and pruned_at is null
            order by finished_at is not null, id desc limit 1
            for no key update skip locked
            """;

    // From the first shard on, if there are no buckets yet, or there would be too many.
    private static final String BEGIN = """
            with begun as (
              update backfleet.job j set map_next = 1, map_width = greatest(1, (n.last + :most - 1) / :most)
              from (select coalesce(max(number), 0) as last from backfleet.shard where job_id = :job) n
              where j.id = :job and (j.map_next = 1 or j.map_width is null or n.last > :most * j.map_width)
              returning j.id
            )
            delete from backfleet.shard_bucket b using begun where b.job_id = begun.id
            """;

    private static final String FILL = """
            with counted as (
              select (coalesce(s.parent, s.number) - 1) / j.map_width + 1 as bucket, count(*)::integer as total,
                     (count(*) filter (where s.tallied))::integer as done
              from backfleet.job j join backfleet.shard s on s.job_id = j.id
              where j.id = :job and s.number >= j.map_next and s.number < j.map_next + :at_once and (s.parent is null or s.tallied)
              group by 1
            ), stored as (
              insert into backfleet.shard_bucket as b (job_id, bucket, total, done)
              select :job, bucket, total, done from counted
              on conflict (job_id, bucket) do update set total = b.total + excluded.total, done = b.done + excluded.done
            )
            update backfleet.job j set map_next = case when exists (
              select from backfleet.shard s where s.job_id = :job and s.number >= j.map_next + :at_once) then j.map_next + :at_once end
            where j.id = :job
            """;

    private final Handle handle;

    public ShardMapStore(Handle handle) {
        this.handle = handle;
    }

    /** Makes the buckets of a job that has just been cut into so many shards, none of which was split yet. */
    public void planned(long job, int shards) {
        handle.createUpdate(PLANNED)
                .bind("job", job)
                .bind("shards", shards)
                .bind("most", MOST)
                .execute();
    }

    /** Waits until no other transaction counts; until the end of this one, no other does. */
    void lock() {
        handle.createQuery(LOCK).mapTo(String.class).findOne();
    }

    /** Has those counted again whose sums are wrong. */
    void check() {
        handle.execute(CHECK);
    }

    /** Counts some shards of a job whose buckets are not complete. Within {@link #lock}. */
    void fillSome() {
        handle.createQuery(NEXT).mapTo(Long.class).findOne().ifPresent(job -> {
            handle.createUpdate(BEGIN).bind("job", job).bind("most", MOST).execute();
            handle.createUpdate(FILL).bind("job", job).bind("at_once", AT_ONCE).execute();
        });
    }
}
