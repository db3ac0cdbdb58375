package dev.backfleet.coordinator.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a job that are in quarantine, in the order in which they were put there.
 *
 * @param quarantined how many there are in all
 * @param keyColumns the columns that a key is of
 * @param rows the rows
 * @param next what to ask for as {@code after} to go on; null if there are no more
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
