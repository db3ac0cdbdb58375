package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import java.sql.SQLException;
import java.time.Duration;

/** What runs beside the application. */
public interface Backfill {
    /**
     * Runs to its end, or until its time is up. One statement cannot be ended without losing all it has done, and so is
     * not.
     *
     * @param time how long it may go on
     * @param measure is run when what is seen from then on counts
     */
    Changed run(Duration time, Runnable measure) throws SQLException, InterruptedException;

    /** The query for the ids after which it changes rows. */
    String where();
}
