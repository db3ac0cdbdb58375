package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.operation.Actor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about the waves of jobs. */
public final class RolloutStore {

    private static final String SET = "update backfleet.job set rollout = :rollout::jsonb where id = :job";

    private static final String FIND = "select rollout from backfleet.job where id = :job and rollout is not null";

    private static final String PUT = """
            update backfleet.shard set wave = :wave where job_id = :job and number = any(:numbers)
            """;

    // A wave without shards is passed over.
    private static final String START = """
            update backfleet.job j set wave = s.wave
            from (select min(wave) as wave from backfleet.shard where job_id = :job) s
            where j.id = :job and s.wave is not null
            """;

    // Shards that must be in one wave, in an order that spreads them over the table.
    private static final String GROUPS = """
            select array_agg(number) as numbers from backfleet.shard
            where job_id = :job and not number = any(:taken)
            group by case when :tenants then upper[1] else number::text end
            order by min(turn - floor(turn))
            """;

    private static final String OPEN = """
            select count(*)::integer from backfleet.shard s
            where s.job_id = j.id and s.wave <= j.wave and s.state not in ('DONE', 'FAILED')
            """;

    private static final String NEXT = """
            select min(s.wave) from backfleet.shard s where s.job_id = j.id and s.wave > j.wave
            """;

    // Each of these finds its jobs first, then locks each one and asks again: what a retry opened meanwhile counts.
    private static final String IS_DONE = """
            j.state = 'RUNNING' and j.rollout is not null and j.wave_done_at is null
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state = 'PENDING' and not s.held and s.wave <= j.wave)
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state = 'PENDING' and s.held and s.wave <= j.wave)
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state in ('DISPATCHED', 'RUNNING') and s.wave <= j.wave)
            """;

    private static final String NOTE_DONE = """
            update backfleet.job j set wave_done_at = now() where j.id = :job and %s
            returning j.id, j.wave
            """.formatted(IS_DONE);

    private static final String IS_SOAKED = """
            j.state = 'RUNNING' and j.rollout ->> 'promote' = 'AUTO' and (%1$s) is not null
              and j.wave_done_at + (j.rollout ->> 'soak')::interval <= now()
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.wave <= j.wave and s.state = 'FAILED')
            """.formatted(NEXT);

    private static final String FOUND = "select j.id from backfleet.job j where %s order by j.id";

    private static final String PROMOTE_SOAKED = """
            update backfleet.job j set wave = (%1$s), wave_done_at = null where j.id = :job and %2$s
            returning j.id, j.wave
            """.formatted(NEXT, IS_SOAKED);

    private static final String PROMOTE = """
            with promoted as (
              update backfleet.job j set wave = (%1$s), wave_done_at = null
              where j.id = :job and j.wave = :wave and j.finished_at is null and (%1$s) is not null
                and (:early or (%2$s) = 0)
              returning j.id, j.name, j.wave
            ), told as (
              insert into backfleet.audit (who, job_id, job_name, action, old_value, new_value)
              select :who, id, name, 'promote', :wave::text, wave::text from promoted
            )
            select id, wave from promoted
            """.formatted(NEXT, OPEN);

    private final Handle handle;

    public RolloutStore(Handle handle) {
        this.handle = handle;
    }

    /** Gives a job waves. */
    public void set(long job, Rollout rollout) {
        handle.createUpdate(SET)
                .bind("job", job)
                .bind("rollout", Rollout.JSON.write(rollout))
                .execute();
    }

    /** A job's waves. */
    public Optional<Rollout> find(long job) {
        return handle.createQuery(FIND)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(Rollout.JSON::read);
    }

    /** Shards that must be in one wave, without some that have theirs, in an order that spreads them over the table. */
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

    /** Notes which waves have no open shard any more; those that were not yet noted. */
    List<Rollouts.Wave> noteDone() {
        return each(IS_DONE, NOTE_DONE);
    }

    /** Begins the next wave where the one before was clean and done for the soak time. */
    List<Rollouts.Wave> promoteSoaked() {
        return each(IS_SOAKED, PROMOTE_SOAKED);
    }

    private List<Rollouts.Wave> each(String condition, String statement) {
        var waves = new ArrayList<Rollouts.Wave>();
        for (var job :
                handle.createQuery(FOUND.formatted(condition)).mapTo(Long.class).list()) {
            handle.useTransaction(locked -> {
                new JobStore(locked).lock(job);
                locked.createQuery(statement)
                        .bind("job", job)
                        .map((row, context) -> wave(row))
                        .forEach(waves::add);
            });
        }
        return waves;
    }

    /**
     * Begins the wave after {@code wave}, and writes down who said so.
     *
     * @param early whether shards of it may still be open
     * @return the wave that began; nothing if the job is at another one, or its wave is not done, or it is the last
     */
    Optional<Rollouts.Wave> promote(long job, int wave, boolean early, Actor actor) {
        return handle.inTransaction(locked -> {
            new JobStore(locked).lock(job);
            return locked.createQuery(PROMOTE)
                    .bind("job", job)
                    .bind("wave", wave)
                    .bind("early", early)
                    .bind("who", actor.words())
                    .map((row, context) -> wave(row))
                    .findOne();
        });
    }

    private static Rollouts.Wave wave(ResultSet row) throws SQLException {
        return new Rollouts.Wave(row.getLong("id"), row.getInt("wave"));
    }
}
