package dev.backfleet.coordinator.query;

import java.time.Instant;
import java.util.List;

/**
 * A row that the database refuses to change.
 *
 * @param number by which the list goes on; it grows with time
 * @param key its values in the job's key columns, as text
 * @param table the table that it is in, or the partition
 * @param shard the number of the shard that it was met in
 * @param sqlState why it is refused
 * @param message the same in words, without any value of the row
 * @param at when it was refused last
 * @param retries how often it was refused again
 * @param worker who put it aside
 * @param epoch under which claim
 */
public record QuarantinedRow(
        long number,
        List<String> key,
        String table,
        int shard,
        String sqlState,
        String message,
        Instant at,
        int retries,
        String worker,
        long epoch) {

    /** Copies the key. */
    public QuarantinedRow {
        key = List.copyOf(key);
    }
}
