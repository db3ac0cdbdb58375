package dev.backfleet.coordinator.query.reconcile;

import org.jspecify.annotations.Nullable;

/**
 * Rows that a reconcile has found wrong, in the order of the JSON output; names and order are an interface.
 *
 * @param missing rows that were left out: the job's condition still selects them, or their new columns are unset
 * @param different rows with other values than the expressions give now
 * @param failed rows whose expressions could not be computed; they count as different
 * @param quarantined wrong rows that are in the job's quarantine, in addition to the others
 * @param since of the wrong rows without those in quarantine: written last since the job's end
 * @param during written last between the job's submission and its end
 * @param before written last before the job was submitted
 * @param unknown it cannot be told when they were written
 * @param newOnly rows that are not wrong: they hold in the new shape of a migration what the old one cannot say; null: not counted, since
 *     no {@code down} says how the old shape follows
 */
public record WrongRowCounts(
        long missing,
        long different,
        long failed,
        long quarantined,
        long since,
        long during,
        long before,
        long unknown,
        @Nullable Long newOnly) {

    /** The rows that are wrong, without those in quarantine. */
    public long wrong() {
        return missing + different + failed;
    }
}
