package dev.backfleet.coordinator.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a job that are in quarantine, in the order in which they were put there.
 *
 * @param quarantined how many there are in all
 * @param keyColumns the columns that a key is of
 * @param rows the rows
 * @param next the {@code after} of the next page; null if there is none
 */
public record QuarantinePage(
        long quarantined,
        List<String> keyColumns,
        List<QuarantinedRow> rows,
        @Nullable Long next) {

    public QuarantinePage {
        keyColumns = List.copyOf(keyColumns);
        rows = List.copyOf(rows);
    }
}
