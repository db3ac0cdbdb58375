package dev.backfleet.benchmark.live;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What the application's users saw.
 *
 * @param transactions how many were due
 * @param p50 milliseconds from when a transaction was due to its acknowledgement that half of them kept to
 * @param p99 the same of 99 in 100
 * @param p999 the same of 999 in 1,000
 * @param max the slowest one's
 * @param errors how many failed, by SQLSTATE
 */
public record Traffic(long transactions, double p50, double p99, double p999, double max, Map<String, Long> errors) {
    private static final double MILLISECOND = 1e6;

    /** Copies the map. */
    public Traffic {
        errors = Map.copyOf(errors);
    }

    static Traffic of(Histogram latencies, Map<String, Long> errors) {
        return new Traffic(
                latencies.getTotalCount(),
                latencies.getValueAtPercentile(50) / MILLISECOND,
                p99(latencies),
                latencies.getValueAtPercentile(99.9) / MILLISECOND,
                latencies.getMaxValue() / MILLISECOND,
                new TreeMap<>(errors));
    }

    /** The p99 of some latencies in milliseconds. */
    static double p99(Histogram latencies) {
        return latencies.getValueAtPercentile(99) / MILLISECOND;
    }

    /** How many failed. */
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
