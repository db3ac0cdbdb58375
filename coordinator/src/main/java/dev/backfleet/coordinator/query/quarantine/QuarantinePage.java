package dev.backfleet.coordinator.query.quarantine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a job that are in quarantine, in the order in which they were put there.
 *
 * @param quarantined how many there are in all
 * @param reasons the most frequent reasons, with the numbers of rows
 * @param keyColumns the columns that a key is of
 * @param rows the rows
 * @param next the {@code after} of the next page; null if there is none
 */
public record QuarantinePage(
        long quarantined,
        List<Reason> reasons,
        List<String> keyColumns,
        List<QuarantinedRow> rows,
        @Nullable Long next) {

    /**
     * Why PostgreSQL has rejected rows.
     *
     * @param rows how many rows
     * @param sqlState the error's code
     * @param message what Backfleet shows of the error
     */
    public record Reason(long rows, String sqlState, String message) {}

    public QuarantinePage {
        reasons = List.copyOf(reasons);
        keyColumns = List.copyOf(keyColumns);
        rows = List.copyOf(rows);
    }
}
