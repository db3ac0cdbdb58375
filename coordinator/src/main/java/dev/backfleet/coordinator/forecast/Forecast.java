package dev.backfleet.coordinator.forecast;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the job will probably take and leave; every number is about; names and order are an interface.
 *
 * @param rowsToChange how many rows it changes
 * @param fullSpeed how fast it is without a limit
 * @param limited how fast it is with the limits of the spec; null if the spec has none
 * @param beside what of its duration goes beside its batches: before the first one, between two shards, and after the last one
 * @param walBytes the write-ahead log that it writes: at least, if no checkpoint begins while the job runs; at most, if as many begin
 *     as the server's settings make likely
 * @param tableGrowth bytes by which the tables grow, if vacuum makes no room meanwhile, and a version of a row that was left behind can
 *     be removed when its page is changed again
 * @param indexGrowth bytes by which their indexes grow, on the same conditions
 * @param assumptions what is assumed, in words
 */
public record Forecast(
        long rowsToChange,
        Speed fullSpeed,
        @Nullable Speed limited,
        Span beside,
        Bytes walBytes,
        long tableGrowth,
        long indexGrowth,
        List<String> assumptions) {
    public Forecast {
        assumptions = List.copyOf(assumptions);
    }

    /**
     * A speed, and how long the job takes at it.
     *
     * @param rowsPerSecond rows that the whole fleet scans per second while batches run, at least
     * @param rowsPerSecondAtMost the same at most
     * @param shortest the job's duration at the higher speed, from its submission to its end
     * @param longest the job's duration at the lower speed
     */
    public record Speed(long rowsPerSecond, long rowsPerSecondAtMost, Duration shortest, Duration longest) {}

    /**
     * A time.
     *
     * @param shortest at least
     * @param longest at most
     */
    public record Span(Duration shortest, Duration longest) {}

    /**
     * An amount of data.
     *
     * @param least the bytes at least
     * @param most the bytes at most
     */
    public record Bytes(long least, long most) {}
}
