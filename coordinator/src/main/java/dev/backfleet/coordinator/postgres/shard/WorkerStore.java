package dev.backfleet.coordinator.postgres.shard;

import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.worker} that are the coordinator's. */
final class WorkerStore {

    /** How long a worker counts as alive without a heartbeat; it beats every second. */
    private static final String ALIVE = "seen_at > now() - interval '5 seconds'";

    // A paused fleet gets no tasks anyway; when it is resumed, its workers hear of it as soon as this coordinator does.
    private static final String SLOTS = "select coalesce(sum(slots), 0) from backfleet.worker "
            + "where (taking or not_accepting = 'FLEET_PAUSED') and " + ALIVE;

    private static final String BUSY = "select count(*) from backfleet.shard where state = 'RUNNING'";

    private static final String FORGET_DEAD =
            "delete from backfleet.worker where seen_at < now() - interval '10 minutes'";

    private final Handle handle;

    WorkerStore(Handle handle) {
        this.handle = handle;
    }

    /** The slots of the workers that are alive and take tasks. */
    int slots() {
        return handle.createQuery(SLOTS).mapTo(Integer.class).one();
    }

    /** Whether fewer shards are RUNNING than there are slots. */
    boolean slotsAreFree() {
        return handle.createQuery(BUSY).mapTo(Integer.class).one() < slots();
    }

    /** Forgets workers that were not seen for long. */
    void forgetDead() {
        handle.execute(FORGET_DEAD);
    }
}
