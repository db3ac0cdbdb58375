package dev.backfleet.coordinator.operation.quarantine;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
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
        key.ifPresent(values -> RowKey.requireFits(job, rows.keyColumns(id), values));
        var dropped = rows.drop(id, key, actor);
        if (dropped == 0) {
            key.ifPresent(values -> {
                throw RowKey.noSuchRow(job, values);
            });
        }
        return new Dropped(id, dropped);
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
