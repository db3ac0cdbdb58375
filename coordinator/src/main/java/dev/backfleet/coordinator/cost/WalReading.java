package dev.backfleet.coordinator.cost;

import java.util.Map;

/**
 * Counts so far.
 *
 * @param rows rows changed by each job that changes rows, and has not ended more than some seconds ago
 * @param bytes WAL written by each session of the fleet; by the whole server, under one name, where the server does not count by session
 * @param ofServer whether the bytes are those of the whole server
 */
public record WalReading(Map<Long, Long> rows, Map<String, Long> bytes, boolean ofServer) {
    public WalReading {
        rows = Map.copyOf(rows);
        bytes = Map.copyOf(bytes);
    }
}
