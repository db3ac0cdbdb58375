package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.PromoteWave;
import dev.backfleet.coordinator.postgres.query.StatusStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The statements that move jobs from wave to wave. */
public final class PostgresRollouts implements Rollouts.Waves, PromoteWave.Waves {

    private static final String OPEN = """
            select count(*)::integer from backfleet.shard s
            where s.job_id = j.id and s.wave <= j.wave and s.state not in ('DONE', 'FAILED')
            """;

    private static final String NEXT = """
            select min(s.wave) from backfleet.shard s where s.job_id = j.id and s.wave > j.wave
            """;

    private final Database database;

    public PostgresRollouts(Database database) {
        this.database = database;
    }

    // Each statement of a duty finds its jobs first, then locks each one and checks again: shards that a retry has
    // opened in between count.
    private static final String IS_DONE = """
            j.state = 'RUNNING' and j.rollout is not null and j.wave_done_at is null
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state = 'PENDING' and not s.held and s.wave <= j.wave)
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state = 'PENDING' and s.held and s.wave <= j.wave)
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.state in ('DISPATCHED', 'RUNNING') and s.wave <= j.wave)
            """;

    private static final String NOTE_DONE_IF_RUNNING = """
            update backfleet.job j set wave_done_at = now() where j.id = :job and %s
            returning j.id, j.wave
            """.formatted(IS_DONE);

    @Override
    public List<Rollouts.Wave> noteDoneIfRunning() {
        return each(IS_DONE, NOTE_DONE_IF_RUNNING);
    }

    // By the last reconcile of the waves so far that was submitted since the wave was done.
    private static final String IS_CLEAN = """
            select coalesce(p.state = 'SUCCEEDED' and v.missing + v.different + v.failed + v.quarantined = 0, false)
            from backfleet.job p left join backfleet.reconcile_verdict v on v.job_id = p.id
            where p.reconciles = j.id and p.checked_wave = j.wave and p.submitted_at >= j.wave_done_at
            order by p.id desc limit 1
            """;

    private static final String IS_SOAKED = """
            j.state = 'RUNNING' and j.rollout ->> 'promote' = 'AUTO' and (%1$s) is not null
              and j.wave_done_at + (j.rollout ->> 'soak')::interval <= now()
              and not exists (select from backfleet.shard s
                              where s.job_id = j.id and s.wave <= j.wave and s.state = 'FAILED')
              and (not coalesce((j.rollout ->> 'reconcile')::boolean, false) or (%2$s))
            """.formatted(NEXT, IS_CLEAN);

    private static final String PROMOTE_IF_SOAKED = """
            update backfleet.job j set wave = (%1$s), wave_done_at = null where j.id = :job and %2$s
            returning j.id, j.wave
            """.formatted(NEXT, IS_SOAKED);

    @Override
    public List<Rollouts.Wave> promoteIfSoaked() {
        return each(IS_SOAKED, PROMOTE_IF_SOAKED);
    }

    private static final String FOUND = "select j.id from backfleet.job j where %s order by j.id";

    private List<Rollouts.Wave> each(String condition, String statement) {
        var waves = new ArrayList<Rollouts.Wave>();
        database.jdbi().useHandle(handle -> {
            for (var job : handle.createQuery(FOUND.formatted(condition))
                    .mapTo(Long.class)
                    .list()) {
                handle.useTransaction(locked -> {
                    new JobStore(locked).lock(job);
                    locked.createQuery(statement)
                            .bind("job", job)
                            .map((row, context) -> wave(row))
                            .forEach(waves::add);
                });
            }
        });
        return waves;
    }

    @Override
    public Optional<PromoteWave.Standing> standing(long job) {
        return database.jdbi()
                .withHandle(handle -> new StatusStore(handle, List.of()).job(job))
                .flatMap(status -> Optional.ofNullable(status.wave())
                        .map(wave ->
                                new PromoteWave.Standing(status.state(), wave.number(), wave.of(), wave.openShards())));
    }

    private static final String PROMOTE_IF_AT_WAVE = """
            with promoted as (
              update backfleet.job j set wave = (%1$s), wave_done_at = null
              where j.id = :job and j.wave = :wave and j.finished_at is null and (%1$s) is not null
                and (:early or (%2$s) = 0)
              returning j.id, j.name, j.wave
            ), audited as (
              insert into backfleet.audit (who, job_id, job_name, action, old_value, new_value)
              select :who, id, name, 'promote', :wave::text, wave::text from promoted
            )
            select wave from promoted
            """.formatted(NEXT, OPEN);

    @Override
    public Optional<Integer> promoteIfAtWave(long job, int wave, boolean early, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            new JobStore(handle).lock(job);
            return handle.createQuery(PROMOTE_IF_AT_WAVE)
                    .bind("job", job)
                    .bind("wave", wave)
                    .bind("early", early)
                    .bind("who", actor.words())
                    .mapTo(Integer.class)
                    .findOne();
        });
    }

    private static Rollouts.Wave wave(ResultSet row) throws SQLException {
        return new Rollouts.Wave(row.getLong("id"), row.getInt("wave"));
    }
}
