package dev.backfleet.common.job.kind;

import org.jspecify.annotations.Nullable;

/**
 * What an update does with the values that it overwrites.
 *
 * @param keeps whether they are kept, so that they can be put back
 * @param undoes the id of the job whose kept values it puts back; null: it is no undo
 */
public record OldValues(boolean keeps, @Nullable Long undoes) {

    /** They are lost, as in any update. */
    public static final OldValues LOST = new OldValues(false, null);

    /** They are kept. */
    public static final OldValues KEPT = new OldValues(true, null);

    public OldValues {
        if (keeps && undoes != null) {
            throw new IllegalArgumentException("an undo keeps no values");
        }
    }

    /** Whether they are kept, or this puts back kept ones. */
    public boolean matter() {
        return !equals(LOST);
    }

    /** An undo of a job. */
    public static OldValues undoing(long job) {
        return new OldValues(false, job);
    }
}
