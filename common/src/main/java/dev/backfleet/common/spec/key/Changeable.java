package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The keys of a spec that can be changed while the job runs, parsed and checked as in a file. Each method throws {@link
 * dev.backfleet.common.unit.BadTextException} if the text is not a valid value.
 */
public final class Changeable {
    private Changeable() {}

    /** A limit in rows per second. */
    public static OptionalLong rowsPerSecond(String text) {
        return read(SpecKeys.RATE_ROWS, text);
    }

    /** A limit in bytes of WAL per second. */
    public static OptionalLong walBytesPerSecond(String text) {
        return read(SpecKeys.RATE_WAL, text);
    }

    /** How long a batch should take. */
    public static Duration batchDuration(String text) {
        return read(SpecKeys.BATCH_DURATION, text);
    }

    /** How long one row alone may take. */
    public static Duration rowTimeout(String text) {
        return read(SpecKeys.BATCH_ROW_TIMEOUT, text);
    }

    /** How many slots the job may use at once; {@code none} means the maximum. */
    public static int concurrency(String text) {
        return text.equals(SpecScalarType.NONE) ? SpecKeys.MOST_SLOTS : read(SpecKeys.CONCURRENCY, text);
    }

    /** The job's weight for slots relative to other jobs. */
    public static Priority priority(String text) {
        return read(SpecKeys.PRIORITY, text);
    }

    /** How many rows may be quarantined. */
    public static long budgetRows(String text) {
        return read(SpecKeys.BUDGET_ROWS, text);
    }

    /** Which share of the scanned rows may be quarantined. */
    public static double budgetRatio(String text) {
        return read(SpecKeys.BUDGET_RATIO, text);
    }

    /** When the job may run, such as {@code 22:00-06:00 Europe/Berlin mon, tue}; {@code none}, and all the time, are empty. */
    public static Optional<TimeWindow> window(String text) {
        return text.equals(SpecScalarType.NONE) ? Optional.empty() : SpecTimes.windowOf(text);
    }

    /** By when the job is to be done; {@code none} is empty. */
    public static Optional<Instant> deadline(String text) {
        return text.equals(SpecScalarType.NONE) ? Optional.empty() : Optional.of(read(SpecKeys.DEADLINE, text));
    }

    private static <T> T read(SpecKey<T> key, String text) {
        if (key.type() instanceof SpecScalarType<T> scalar) {
            return scalar.parse().apply(text);
        }
        throw new IllegalStateException(key.path() + " is not a single value");
    }
}
