package dev.backfleet.coordinator.migration.plan;

import java.util.Locale;

/**
 * What the sync costs a write, as measured on an empty copy of the table, in the order of the JSON output; names and order are an interface.
 * Both figures are medians of several statements that insert the same rows, and mean something only beside one another.
 *
 * @param rows how many rows each statement has inserted
 * @param insertMicros microseconds for a row without the sync
 * @param insertMicrosWithSync the same with the sync
 */
public record SyncCost(long rows, double insertMicros, double insertMicrosWithSync) {

    /** In one line. */
    public String words() {
        return String.format(
                Locale.ROOT,
                "an INSERT takes %.1f µs for a row in the server without it, and %.1f µs with it (medians, %d rows on an empty copy"
                        + " without indexes)",
                insertMicros,
                insertMicrosWithSync,
                rows);
    }
}
