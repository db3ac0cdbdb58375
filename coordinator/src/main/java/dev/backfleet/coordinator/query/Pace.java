package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus.Rows;
import dev.backfleet.coordinator.query.JobStatus.Shards;
import org.jspecify.annotations.Nullable;

/**
 * Computes the progress of a job, its speed and its remaining time.
 *
 * @param state the job's state
 * @param rows its rows
 * @param shards its shards
 * @param fleetPaused whether the whole fleet is paused
 * @param changedPerSecond as measured within the last seconds; null if it was not
 * @param walkedPerSecond likewise
 */
public record Pace(
        JobState state,
        Rows rows,
        Shards shards,
        boolean fleetPaused,
        @Nullable Double changedPerSecond,
        @Nullable Double walkedPerSecond) {

    /** The estimate may be too low: only a job that has SUCCEEDED is at 100. */
    private static final double MOST = 99.9;

    /** Percent done, with one decimal, never rounded up. */
    public double percent() {
        if (state == JobState.SUCCEEDED) {
            return 100;
        }
        var estimated = rows.estimated();
        if (estimated != null && estimated > 0) {
            return share(rows.walked(), estimated);
        }
        return shards.total() == 0 ? 0 : share(shards.done(), shards.total());
    }

    /** Changed rows per second; 0 if the job is stopped, whatever the last measurement was. */
    public @Nullable Long current() {
        if (isStopped()) {
            return 0L;
        }
        return changedPerSecond == null ? null : Math.max(0, Math.round(changedPerSecond));
    }

    /** Seconds until all rows are scanned at the present speed; null if the speed or the number of rows is not known. */
    public @Nullable Long etaSeconds() {
        var estimated = rows.estimated();
        var speed = walkedPerSecond;
        if (isStopped() || estimated == null || speed == null || speed <= 0) {
            return null;
        }
        return (long) Math.ceil(Math.max(0, estimated - rows.walked()) / speed);
    }

    private boolean isStopped() {
        return state != JobState.RUNNING || (fleetPaused && shards.running() == 0);
    }

    private static double share(long part, long whole) {
        return Math.min(MOST, Math.floor(1000.0 * part / whole) / 10);
    }
}
