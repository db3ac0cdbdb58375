package dev.backfleet.coordinator.query;

/** How far one tenant of a job is. Not stored: it follows from the shards that the tenant's rows are in. */
public enum TenantState {
    /** Its shards wait for their turn. */
    PENDING,
    /** Its shards wait for their wave. */
    WAITING,
    /** A worker holds a shard that it has rows in. */
    RUNNING,
    /** Somebody paused it. */
    PAUSED,
    /** A shard that it has unchanged rows in FAILED. */
    FAILED,
    /** All its rows inside the pinned range were walked. */
    DONE;

    /**
     * The state of a tenant.
     *
     * @param open whether a shard has rows of it left to walk; the rest is asked of these shards only
     * @param failed whether one of them FAILED
     * @param held whether one of them is held
     * @param running whether a worker holds one
     * @param waiting whether one is in a wave that is still to come
     */
    public static TenantState of(boolean open, boolean failed, boolean held, boolean running, boolean waiting) {
        if (!open) {
            return DONE;
        }
        if (failed) {
            return FAILED;
        }
        if (held) {
            return PAUSED;
        }
        if (running) {
            return RUNNING;
        }
        return waiting ? WAITING : PENDING;
    }
}
