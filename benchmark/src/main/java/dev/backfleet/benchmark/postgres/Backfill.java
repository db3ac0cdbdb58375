package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import java.sql.SQLException;
import java.time.Duration;

/** What runs beside the application. */
public interface Backfill {
    /**
     * Runs to its end, or until its time is up. One statement cannot be ended without losing all it has done, and so is
     * not.
     */
    Changed run(Duration time) throws SQLException, InterruptedException;

    /** The query for the ids after which it changes rows. */
    String where();
}
