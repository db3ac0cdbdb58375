package dev.backfleet.coordinator.forecast;

import java.time.Duration;

/**
 * A batch of the job that was run and rolled back.
 *
 * @param kind what it was run for
 * @param walked how many rows it scanned
 * @param changed how many of them it changed
 * @param hot how many of these were HOT updates, which leave the indexes alone
 * @param took how long its statement took, the round trip included
 */
public record TrialBatch(Kind kind, long walked, long changed, long hot, Duration took) {

    /** What a batch was run for. */
    public enum Kind {
        /** One row: what a batch costs however few rows it has. */
        SINGLE_ROW,
        /** Many rows, and no other batch at that time. */
        ALONE,
        /** Many rows, as one of several batches at the same time. */
        TOGETHER
    }
}
