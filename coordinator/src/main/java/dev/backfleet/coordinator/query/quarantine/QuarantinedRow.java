package dev.backfleet.coordinator.query.quarantine;

import java.time.Instant;
import java.util.List;

/**
 * A row that PostgreSQL has rejected.
 *
 * @param number its place in the list; increasing with time
 * @param key its values in the job's key columns, as text
 * @param table the table that it is in, or the partition
 * @param shard the number of the shard in which it was found
 * @param sqlState the SQLSTATE of the error
 * @param message the error, without values of the row
 * @param at when it was last rejected
 * @param retries how often a retry was rejected
 * @param worker the worker that quarantined it
 * @param epoch the epoch of that worker's claim
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

    public QuarantinedRow {
        key = List.copyOf(key);
    }
}
