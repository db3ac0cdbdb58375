package dev.backfleet.common.job.kind;

/** What becomes of a row that the other table has already, by its key. */
public enum OnConflict {
    /** It stays as it is: whoever wrote it knew better. */
    NOTHING,
    /** It is given the values of the copy, if they are others. */
    UPDATE,
    /** It is an error of the row that is copied, which goes into quarantine. */
    FAIL
}
