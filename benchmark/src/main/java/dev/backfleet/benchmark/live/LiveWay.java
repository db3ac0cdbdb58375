package dev.backfleet.benchmark.live;

import java.util.Locale;

/** What runs beside the application. */
public enum LiveWay {
    /** Backfleet's processes, without a job. */
    IDLE_FLEET("a fleet without a job"),
    /** A single UPDATE, the simplest way. */
    ONE_UPDATE("one UPDATE"),
    /** The common loop over small batches. */
    NULL_LOOP("loop: LIMIT 5000, SKIP LOCKED, IS NULL"),
    /** Backfleet without a limit. */
    FULL_SPEED("Backfleet, full speed"),
    /** Backfleet at so many rows per second. */
    FIXED_RATE("Backfleet, fixed rate"),
    /** Backfleet as fast as the application's own health permits. */
    THROTTLED("Backfleet, throttled by health"),
    /** Backfleet comparing the rows of a finished job, at the rate of a reconcile whose rate is not given. */
    RECONCILE("Backfleet, reconcile");

    private final String words;

    LiveWay(String words) {
        this.words = words;
    }

    /** The name in tables. */
    public String words() {
        return words;
    }

    /** What jobs and workers that belong to it are called. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is a job of Backfleet. */
    public boolean isJob() {
        return switch (this) {
            case IDLE_FLEET, ONE_UPDATE, NULL_LOOP -> false;
            case FULL_SPEED, FIXED_RATE, THROTTLED, RECONCILE -> true;
        };
    }
}
