package dev.backfleet.simulation.fault;

/** Wrong ways to build it. Each has to be caught, or the simulation is worth nothing. */
public enum Mutant {
    /** As it is. */
    NONE,
    /** The checkpoint is committed after the data, in a transaction of its own. */
    CHECKPOINT_AFTER_DATA,
    /** The checkpoint is committed before the data. */
    CHECKPOINT_BEFORE_DATA,
    /** What a comparison has found is committed before its checkpoint. */
    FINDINGS_BEFORE_CHECKPOINT,
    /** The checkpoint is read without locking it. */
    CHECKPOINT_NOT_LOCKED,
    /** Locked rows are skipped. */
    SKIP_LOCKED,
    /** Rows are read, computed in the client and written back. */
    READ_IN_CLIENT_WRITE_BACK,
    /** The fence compares the epoch, and believes the worker's cursor. */
    FENCE_WITHOUT_CURSOR,
    /** The fence compares epoch and cursor, and believes the worker's pass. */
    FENCE_WITHOUT_PASS,
    /** In which pass a row is changed follows from where it lies. */
    CLASS_BY_PLACE,
    /** What is split off begins with the first pass. */
    SPLIT_FORGETS_THE_PASS,
    /** The fence compares the cursor only. */
    FENCE_WITHOUT_EPOCH,
    /** After a lost connection the worker continues from its memory. */
    MEMORY_TRUSTED,
    /** A pause revokes no shards, and workers check it only when they claim. */
    PAUSE_CHECKED_ONLY_AT_CLAIM,
    /** A straggler is split where its middle was when it was read, wherever its cursor is now. */
    SPLIT_WITHOUT_CURSOR_GUARD,
    /** A tenant is isolated from shards whose rows are not locked. */
    ISOLATE_WITHOUT_LOCK,
    /** The next wave begins though the one before has open shards. */
    WAVE_BEGUN_EARLY,
    /** What a batch changed more than was paid for is never paid. */
    RESERVATION_NOT_SETTLED,
    /** A job is ended by what its shards were before, without its row being locked. */
    FINISH_WITHOUT_LOCK,
    /** FAILED shards are put back, and the FAILED job is left as it is. */
    RETRY_FORGETS_THE_JOB,
    /** FAILED shards are reset although they contain rows of a tenant that was paused meanwhile. */
    RETRY_FORGETS_TENANTS,
    /** The error budget is counted without the job's row being locked. */
    BUDGET_COUNTED_WITHOUT_LOCK,
    /** The checkpoint moves past a rejected row that is not stored. */
    QUARANTINE_WITHOUT_ROW,
    /** The checkpoint moves past the rejected row and the one after it. */
    BISECTION_PASSES_A_ROW,
    /** A row in quarantine is counted as changed. */
    REFUSED_COUNTED_AS_CHANGED,
    /** A retry changes a row even if another retry has done so meanwhile. */
    RETRIED_ROW_NOT_LOCKED,
    /** A retry reads the job, the fleet and the tenants without locking them. */
    RETRY_WITHOUT_LOCKS,
    /** The other slots of a halted job continue until their time slices end. */
    HALTED_JOB_CONTINUES,
    /** An answer that was lost, or did not come in time, is taken for "not done": nothing is read back. */
    LOST_ANSWER_TAKEN_FOR_NO,
    /** The value that a job keeps is the one of the statement's beginning: the row is not locked before it is read. */
    KEPT_WITHOUT_LOCK,
    /** A copy has the value of the statement's beginning: the row is not locked before it is read. */
    COPY_WITHOUT_LOCK,
    /** Copies are made in a transaction of their own, after that of the checkpoint. */
    COPY_AFTER_CHECKPOINT,
    /** Values are kept in a transaction of their own, after that of the change. */
    KEPT_APART,
    /** An undo puts values back, and leaves what was kept of them. */
    KEPT_ROWS_STAY,
    /** An undo does not look whether a row still has what the job wrote. */
    CONFLICT_OVERWRITTEN,
    /** FAILED shards of a job are retried though values of it were put back. */
    RETRY_OF_UNDONE_JOB,
    /** A database that was lost is not probed: whoever has work for it will find out. */
    DATABASE_NEVER_PROBED
}
