package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Reaper;
import java.time.Duration;
import java.util.List;

/** The leases and tasks that are under way, in the control schema. */
public final class PostgresLeases implements Reaper.Leases {
    private final Database database;

    /** Creates it. */
    public PostgresLeases(Database database) {
        this.database = database;
    }

    @Override
    public List<ShardId> reapExpired() {
        return database.jdbi().withHandle(handle -> {
            new WorkerStore(handle).forgetDead();
            return new ShardStore(handle).reapExpired();
        });
    }

    @Override
    public List<ShardId> reapUnclaimed(Duration age) {
        return database.jdbi().withHandle(handle -> new ShardStore(handle).reapUnclaimed(age));
    }

    @Override
    public boolean slotsAreFree() {
        return database.jdbi().withHandle(handle -> new WorkerStore(handle).slotsAreFree());
    }
}
