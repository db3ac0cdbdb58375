package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.rollout.Rollouts;
import java.util.List;
import java.util.Optional;

/** The waves of jobs in the control schema. */
public final class PostgresRollouts implements Rollouts.Waves {
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

    /**
     * Begins the wave after {@code wave}.
     *
     * @param early whether shards of it may still be open
     * @param who the person, as the command line knows them
     * @return the wave that began; nothing if the job is at another one, or its wave is not done, or it is the last
     */
    public Optional<Rollouts.Wave> promote(long job, int wave, boolean early, String who) {
        return database.jdbi().withHandle(handle -> new RolloutStore(handle).promote(job, wave, early, who));
    }
}
