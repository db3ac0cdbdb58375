package dev.backfleet.coordinator.query.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows before and after the change. Their values are for the person who asked, and for no log.
 *
 * @param note why there are no rows, or fewer than five; null if there are five
 */
public record RowSample(List<Row> rows, @Nullable String note) {
    public RowSample {
        rows = List.copyOf(rows);
    }

    /**
     * A row of the sample.
     *
     * @param key the values of the key's columns, by column
     * @param before the values of the columns that are set, by column, cut after 1,000 characters; null for NULL
     * @param after the same after the change; null if the row was not changed
     * @param problem why the row was not changed, without values; null if it was
     */
    public record Row(
            Map<String, String> key,
            Map<String, @Nullable String> before,
            @Nullable Map<String, @Nullable String> after,
            @Nullable String problem) {}
}
