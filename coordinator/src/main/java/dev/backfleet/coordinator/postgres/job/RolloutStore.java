package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements that give a job waves, in the transaction that plans or submits it. */
public final class RolloutStore {

    private static final String SET = "update backfleet.job set rollout = :rollout::jsonb where id = :job";

    private static final String FIND = "select rollout from backfleet.job where id = :job and rollout is not null";

    private static final String PUT = """
            update backfleet.shard set wave = :wave where job_id = :job and number = any(:numbers)
            """;

    // A wave without shards is skipped.
    private static final String START = """
            update backfleet.job j set wave = s.wave
            from (select min(wave) as wave from backfleet.shard where job_id = :job) s
            where j.id = :job and s.wave is not null
            """;

    // Groups of shards that must be in one wave, in an order that spreads them over the table.
    private static final String GROUPS = """
            select array_agg(number) as numbers from backfleet.shard
            where job_id = :job and not number = any(:taken)
            group by case when :tenants then upper[1] else number::text end
            order by min(turn - floor(turn))
            """;

    private final Handle handle;

    public RolloutStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores the rollout of a job. */
    public void set(long job, Rollout rollout) {
        handle.createUpdate(SET)
                .bind("job", job)
                .bind("rollout", Rollout.JSON.write(rollout))
                .execute();
    }

    /** The rollout of a job. */
    public Optional<Rollout> find(long job) {
        return handle.createQuery(FIND)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(Rollout.JSON::read);
    }

    /** Groups of shards that must be in one wave, in an order that spreads them over the table; without the taken shards. */
    public List<List<Integer>> groups(long job, JobDefinition definition, List<Integer> taken) {
        return handle.createQuery(GROUPS)
                .bind("job", job)
                .bind("tenants", definition.tenantLed())
                .bindArray("taken", Integer.class, taken)
                .map((row, context) ->
                        List.of((Integer[]) row.getArray("numbers").getArray()))
                .list();
    }

    /** Puts shards into a wave. */
    public void put(long job, List<Integer> numbers, int wave) {
        handle.createUpdate(PUT)
                .bind("job", job)
                .bind("wave", wave)
                .bindArray("numbers", Integer.class, numbers)
                .execute();
    }

    /** Begins the first wave that has shards. */
    public void start(long job) {
        handle.createUpdate(START).bind("job", job).execute();
    }
}
