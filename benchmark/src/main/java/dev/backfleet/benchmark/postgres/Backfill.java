package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import java.time.Duration;

/** What runs beside the application. */
public interface Backfill {
    /**
     * Lets the application be alone, and then runs beside it, to its end or until its time is up. One statement cannot be
     * ended without losing all it has done, and so is not. Says of each moment what it counts for.
     *
     * @param time how long the application is alone, and how long the backfill may go on beside it, in all
     * @param application who is to be told
     */
    Changed run(Duration time, Application application) throws Exception;

    /** The query for the ids after which it changes rows, or might change them. */
    String where();
}
