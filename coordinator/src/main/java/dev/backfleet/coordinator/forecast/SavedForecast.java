package dev.backfleet.coordinator.forecast;

import dev.backfleet.common.stored.StoredJson;
import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import java.time.Duration;

/**
 * What is kept of a forecast until the job has ended; names and order are an interface.
 *
 * @param rows how many rows the job changes
 * @param shortest how long it takes at least, with the limits of its spec
 * @param longest how long it takes at most
 * @param walBytes the write-ahead log that it writes
 * @param tableGrowth bytes by which the tables grow
 * @param indexGrowth bytes by which their indexes grow
 * @param slots how many slots were taken to work on it
 */
public record SavedForecast(
        long rows, Duration shortest, Duration longest, Bytes walBytes, long tableGrowth, long indexGrowth, int slots) {

    /** As it is stored. */
    public static final StoredJson<SavedForecast> JSON = new StoredJson<>("forecast", 1, SavedForecast.class);

    /** Of a forecast for so many slots. */
    public static SavedForecast of(Forecast forecast, int slots) {
        var limited = forecast.limited();
        var speed = limited == null ? forecast.fullSpeed() : limited;
        return new SavedForecast(
                forecast.rowsToChange(),
                speed.shortest(),
                speed.longest(),
                forecast.walBytes(),
                forecast.tableGrowth(),
                forecast.indexGrowth(),
                slots);
    }
}
