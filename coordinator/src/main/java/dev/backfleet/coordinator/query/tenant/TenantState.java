package dev.backfleet.coordinator.query.tenant;

/** The state of a tenant of a job. Not stored: it is derived from the shards with the tenant's rows. */
public enum TenantState {
    /** Its shards are pending. */
    PENDING,
    /** Its shards wait for their wave. */
    WAITING,
    /** A worker works on one of its shards. */
    RUNNING,
    /** It is paused. */
    PAUSED,
    /** A shard with unchanged rows of it is FAILED. */
    FAILED,
    /** All its rows in the job's range were scanned. */
    DONE;

    /**
     * The state of a tenant.
     *
     * @param open whether a shard has rows of it left to scan; the other parameters are about these shards only
     * @param failed whether one of them is FAILED
     * @param held whether one of them is held
     * @param running whether a worker works on one
     * @param waiting whether one is in a later wave
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
