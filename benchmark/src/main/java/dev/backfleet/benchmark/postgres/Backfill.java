package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import java.time.Duration;

/** What runs beside the application. */
public interface Backfill {
    /**
     * First lets the application run alone, then runs beside it until the backfill ends or its time is over. A single
     * statement cannot be stopped without losing its work, so it always runs to its end. Tells the application which
     * phase each moment belongs to.
     *
     * @param time how long the application runs alone, and the total time of the backfill beside it
     * @param application is told the phases
     */
    Changed run(Duration time, Application application) throws Exception;

    /** The query for the ids after which it changes rows, or might change them. */
    String where();
}
