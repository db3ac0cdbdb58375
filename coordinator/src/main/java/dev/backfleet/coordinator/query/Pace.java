package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus.Rows;
import dev.backfleet.coordinator.query.JobStatus.Shards;
import org.jspecify.annotations.Nullable;

/**
 * Decides how far a job counts as done, how fast it is and how long it will take.
 *
 * @param state the job's state
 * @param rows its rows
 * @param shards its shards
 * @param fleetPaused whether the whole fleet is to stand still
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

    /** An estimate may be too low: only success is 100. */
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

    /** Changed rows per second. What stands still is at 0, however fast it was within the measured time. */
    public @Nullable Long current() {
        if (standsStill()) {
            return 0L;
        }
        return changedPerSecond == null ? null : Math.max(0, Math.round(changedPerSecond));
    }

    /** Seconds until all rows are walked at the present pace; null if the pace or the distance is not known. */
    public @Nullable Long etaSeconds() {
        var estimated = rows.estimated();
        var speed = walkedPerSecond;
        if (standsStill() || estimated == null || speed == null || speed <= 0) {
            return null;
        }
        return (long) Math.ceil(Math.max(0, estimated - rows.walked()) / speed);
    }

    private boolean standsStill() {
        return state != JobState.RUNNING || (fleetPaused && shards.running() == 0);
    }

    private static double share(long part, long whole) {
        return Math.min(MOST, Math.floor(1000.0 * part / whole) / 10);
    }
}
