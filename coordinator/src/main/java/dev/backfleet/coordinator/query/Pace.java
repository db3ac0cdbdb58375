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
 * @param windowClosed whether its time window is closed
 * @param waveWaits whether a wave is done and the next one has not begun
 * @param throttled whether a signal of the database's health holds it back
 * @param workersAccept whether a worker that accepts tasks is alive
 * @param changedPerSecond as measured within the last seconds; null if it was not
 * @param walkedPerSecond likewise
 * @param steadyWalked over the last minutes, without idle time but with what the throttle has taken; null if that is not known
 */
public record Pace(
        JobState state,
        Rows rows,
        Shards shards,
        boolean fleetPaused,
        boolean windowClosed,
        boolean waveWaits,
        boolean throttled,
        boolean workersAccept,
        @Nullable Double changedPerSecond,
        @Nullable Double walkedPerSecond,
        @Nullable Double steadyWalked) {

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

    /** Seconds until all rows are scanned at the speed of the last minutes; null if the speed or the number of rows is not known. */
    public @Nullable Long etaSeconds() {
        var estimated = rows.estimated();
        var speed = speed();
        if (unknown() != null || estimated == null || speed == null) {
            return null;
        }
        return (long) Math.ceil((estimated - rows.walked()) / speed);
    }

    /** Why that is not known; null if it is, and when the job has finished. */
    public @Nullable String etaNote() {
        return state.isTerminal() ? null : unknown();
    }

    private @Nullable String unknown() {
        return switch (state) {
            case PLANNING -> "the table is being cut into shards";
            case PAUSING, PAUSED -> "the job is paused";
            case CANCELLING, CANCELLED -> "the job is cancelled";
            case HALTED -> "the job is halted";
            case SUCCEEDED, FAILED -> "the job has finished";
            case RUNNING -> ofRunning();
        };
    }

    private @Nullable String ofRunning() {
        var estimated = rows.estimated();
        var speed = speed();
        if (isStopped()) {
            return "the fleet is paused";
        }
        if (windowClosed) {
            return "the time window is closed";
        }
        if (waveWaits && shards.running() == 0) {
            return "the next wave has not begun";
        }
        if (estimated == null) {
            return "the number of rows is not known";
        }
        if (rows.walked() > estimated) {
            return "there are more rows than estimated";
        }
        if (speed == null) {
            return "the speed is not measured";
        }
        return speed > 0 && (throttled || moves()) ? null : standstill();
    }

    // What a throttle takes is in the speed of the last minutes. Anything else may last for as long as it likes.
    private boolean moves() {
        return walkedPerSecond != null && walkedPerSecond > 0;
    }

    private String standstill() {
        if (shards.running() == 0 && !workersAccept) {
            return "no worker accepts tasks";
        }
        return shards.running() == 0 && shards.pending() + shards.dispatched() > 0
                ? "no slot works on it"
                : "no row was scanned within the last seconds";
    }

    // Without a fresh measurement, the speed of the last minutes is old.
    private @Nullable Double speed() {
        return walkedPerSecond == null || steadyWalked == null || steadyWalked <= 0 ? walkedPerSecond : steadyWalked;
    }

    private boolean isStopped() {
        return state != JobState.RUNNING || (fleetPaused && shards.running() == 0);
    }

    private static double share(long part, long whole) {
        return Math.min(MOST, Math.floor(1000.0 * part / whole) / 10);
    }
}
