package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.coordinator.operation.PromoteWave;
import org.jdbi.v3.core.Handle;

/**
 * What a status reads of the shards of a job {@code j}: the few that count are found by their indexes, however out of date the
 * planner's statistics are. For one job that is done by functions of the control schema, so that a look is one statement. For a list
 * of jobs their calls would take too long: there the same is written out, in a transaction that has changed the planner's settings.
 */
enum ShardSums {
    /** By functions. */
    OF_ONE(
            "backfleet.shards_begun(j.id)",
            "backfleet.shards_in_flight(j.id)",
            "(select * from backfleet.shards_of_wave(j.id, j.wave, %d) where j.rollout is not null)"
                    .formatted(PromoteWave.COUNTED_AT_MOST)),
    /** Written out, after {@link #forceIndexes}. */
    OF_MANY("""
            (
              select coalesce(sum(rows_changed), 0)::bigint as changed, coalesce(sum(rows_walked), 0)::bigint as walked,
                     count(*) filter (where state = 'DONE') as done, max(last_batch_at) as last_batch_at
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied
            )""", """
            (
              select count(*) filter (where state = 'DISPATCHED') as dispatched,
                     count(*) filter (where state = 'RUNNING') as running, count(distinct worker) as workers,
                     min(dispatched_at) filter (where state = 'DISPATCHED') as oldest_task_at,
                     coalesce((select max(number) from backfleet.shard where job_id = j.id), 0) as total,
                     (select count(*) from backfleet.shard where job_id = j.id and state = 'FAILED') as failed
              from backfleet.shard where job_id = j.id and state in ('DISPATCHED', 'RUNNING')
            )""", """
            (
              -- For each column: PostgreSQL would count first, and then evaluate one condition for all.
              select case when j.rollout is not null then (select count(*)::integer from (
                        (select from backfleet.shard where job_id = j.id and state = 'PENDING' and not held and wave <= j.wave limit %1$d)
                        union all
                        (select from backfleet.shard where job_id = j.id and state = 'PENDING' and held and wave <= j.wave limit %1$d)
                        union all
                        (select from backfleet.shard where job_id = j.id and state in ('DISPATCHED', 'RUNNING') and wave <= j.wave)
                      ) o) end as open,
                     case when j.rollout is not null
                       then exists (select from backfleet.shard where job_id = j.id and state = 'FAILED' and wave <= j.wave) end as failed,
                     case when j.rollout is not null
                       then exists (select from backfleet.shard where job_id = j.id and state = 'PENDING' and not held and wave > j.wave)
                         or exists (select from backfleet.shard where job_id = j.id and state = 'PENDING' and held and wave > j.wave)
                       end as more
            )""".formatted(PromoteWave.COUNTED_AT_MOST));

    private static final String BY_INDEX = """
            select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
                   set_config('jit', 'off', true)
            """;

    private final String begun;
    private final String inFlight;
    private final String ofWave;

    ShardSums(String begun, String inFlight, String ofWave) {
        this.begun = begun;
        this.inFlight = inFlight;
        this.ofWave = ofWave;
    }

    /** A statement with these parts in its places. */
    String in(String statement) {
        return statement
                .replace("{begun}", begun)
                .replace("{in-flight}", inFlight)
                .replace("{of-wave}", ofWave);
    }

    /** For the rest of the transaction. */
    static void forceIndexes(Handle handle) {
        handle.createQuery(BY_INDEX).mapTo(String.class).one();
    }
}
