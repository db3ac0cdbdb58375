package dev.backfleet.coordinator.operation.quarantine;

import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;

/** The key by which a person names a row in quarantine, and the refusals of keys that no row can have or has. */
public final class RowKey {
    private RowKey() {}

    /**
     * Checks that a key has a value for each key column.
     *
     * @throws OperationRefused INVALID if it has not
     */
    public static void requireFits(String job, List<String> columns, List<String> key) {
        if (key.size() != columns.size()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the key of " + job + " is (" + String.join(", ", columns) + ")",
                    "give --key once for each column");
        }
    }

    /** The refusal if no row in quarantine has a key. */
    public static OperationRefused noSuchRow(String job, List<String> key) {
        return new OperationRefused(
                Code.INVALID,
                "no row with the key (" + String.join(", ", key) + ") is in quarantine",
                "'backfleet quarantine " + job + "' lists them");
    }
}
