package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.PromoteWave;
import dev.backfleet.coordinator.postgres.query.StatusStore;
import java.util.List;
import java.util.Optional;

/** The waves of jobs in the control schema. */
public final class PostgresRollouts implements Rollouts.Waves, PromoteWave.Waves {
    private final Database database;

    /** Creates it. */
    public PostgresRollouts(Database database) {
        this.database = database;
    }

    @Override
    public List<Rollouts.Wave> noteDone() {
        return database.jdbi().withHandle(handle -> new RolloutStore(handle).noteDone());
    }

    @Override
    public List<Rollouts.Wave> promoteSoaked() {
        return database.jdbi().withHandle(handle -> new RolloutStore(handle).promoteSoaked());
    }

    @Override
    public Optional<PromoteWave.Standing> standing(long job) {
        return database.jdbi()
                .withHandle(handle -> new StatusStore(handle, List.of()).job(job))
                .flatMap(status -> Optional.ofNullable(status.wave())
                        .map(wave ->
                                new PromoteWave.Standing(status.state(), wave.number(), wave.of(), wave.openShards())));
    }

    @Override
    public Optional<Rollouts.Wave> promote(long job, int wave, boolean early, Actor actor) {
        return database.jdbi().withHandle(handle -> new RolloutStore(handle).promote(job, wave, early, actor));
    }
}
