package dev.backfleet.coordinator.operation.quarantine;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;

/** Dismisses rows in quarantine: they stay unchanged. */
public final class DropRows {
    private final Lookup lookup;
    private final Rows rows;

    public DropRows(Lookup lookup, Rows rows) {
        this.lookup = lookup;
        this.rows = rows;
    }

    /**
     * Dismisses rows.
     *
     * @param job its id or name
     * @param key only the row with this key, a value for each key column; nothing: all
     * @throws OperationRefused NOT_FOUND; INVALID if the key does not fit the job's key columns, or no row has it
     */
    public Dropped run(Actor actor, String job, Optional<List<String>> key) {
        var id = lookup.job(job);
        key.ifPresent(values -> requireKey(job, rows.keyColumns(id), values));
        var dropped = rows.drop(id, key, actor);
        if (dropped == 0) {
            key.ifPresent(values -> {
                throw noSuchRow(job, values);
            });
        }
        return new Dropped(id, dropped);
    }

    static void requireKey(String job, List<String> columns, List<String> key) {
        if (key.size() != columns.size()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the key of " + job + " is (" + String.join(", ", columns) + ")",
                    "give --key once for each column");
        }
    }

    static OperationRefused noSuchRow(String job, List<String> key) {
        return new OperationRefused(
                Code.INVALID,
                "no row with the key (" + String.join(", ", key) + ") is in quarantine",
                "'backfleet quarantine " + job + "' lists them");
    }

    /**
     * The result.
     *
     * @param id the job's id
     * @param dropped how many rows were dismissed
     */
    public record Dropped(long id, long dropped) {}

    /** The rows in quarantine. */
    public interface Rows {
        /** The columns of a job's key. */
        List<String> keyColumns(long job);

        /** Dismisses rows and audits it, in one transaction; returns how many. */
        long drop(long job, Optional<List<String>> key, Actor actor);
    }
}
