package dev.backfleet.simulation;

/** Wrong ways to build it. Each has to be caught, or the simulation is worth nothing. */
enum Mutant {
    /** As it is. */
    NONE,
    /** The checkpoint is committed after the data, in a transaction of its own. */
    CHECKPOINT_AFTER_DATA,
    /** The checkpoint is committed before the data. */
    CHECKPOINT_BEFORE_DATA,
    /** The checkpoint is read without locking it. */
    CHECKPOINT_NOT_LOCKED,
    /** Rows that somebody has locked are skipped. */
    SKIP_LOCKED,
    /** Rows are read, computed in the client and written back. */
    READ_IN_CLIENT_WRITE_BACK,
    /** The fence compares the epoch, and believes the worker's cursor. */
    FENCE_WITHOUT_CURSOR,
    /** The fence compares the cursor only. */
    FENCE_WITHOUT_EPOCH,
    /** After a lost connection the worker goes on from what it remembers. */
    MEMORY_TRUSTED,
    /** Nothing is taken back for a pause, and workers look at it only when they claim. */
    PAUSE_CHECKED_ONLY_AT_CLAIM,
    /** A straggler is split where its middle was when somebody looked, whatever its cursor is now. */
    SPLIT_WITHOUT_CURSOR_GUARD,
    /** A tenant is carved out of shards whose rows are not locked. */
    CARVE_WITHOUT_LOCK,
    /** The next wave begins though the one before has open shards. */
    WAVE_BEGUN_EARLY,
    /** What a batch changed more than was paid for is never paid. */
    RESERVATION_NOT_SETTLED
}
