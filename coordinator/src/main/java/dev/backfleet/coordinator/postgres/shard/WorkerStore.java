package dev.backfleet.coordinator.postgres.shard;

import org.jdbi.v3.core.Handle;

/** The statements of the coordinator about {@code backfleet.worker}. */
public final class WorkerStore {

    /** How long a worker counts as alive without a heartbeat, as an interval of PostgreSQL. A worker sends one each second. */
    public static final String ALIVE_FOR = "interval '5 seconds'";

    // The slots of a paused fleet count: it gets no tasks anyway, and when it is resumed, its workers accept tasks as
    // soon as this coordinator dispatches any.
    private static final String SLOTS = "select coalesce(sum(slots), 0) from backfleet.worker "
            + "where (taking or not_accepting = 'FLEET_PAUSED') and seen_at > now() - " + ALIVE_FOR;

    private static final String BUSY = "select count(*) from backfleet.shard where state = 'RUNNING'";

    private static final String FORGET_DEAD =
            "delete from backfleet.worker where seen_at < now() - interval '10 minutes'";

    private final Handle handle;

    WorkerStore(Handle handle) {
        this.handle = handle;
    }

    /** The slots of the workers that are alive and accept tasks. */
    int slots() {
        return handle.createQuery(SLOTS).mapTo(Integer.class).one();
    }

    /** Whether fewer shards are RUNNING than there are slots. */
    boolean slotsAreFree() {
        return handle.createQuery(BUSY).mapTo(Integer.class).one() < slots();
    }

    /** Deletes workers that have sent no heartbeat for 10 minutes. */
    void forgetDead() {
        handle.execute(FORGET_DEAD);
    }
}
