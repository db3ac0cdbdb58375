package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus.Rows;
import dev.backfleet.coordinator.query.JobStatus.Shards;
import dev.backfleet.coordinator.timekeeping.Outlook;
import dev.backfleet.coordinator.timekeeping.TimeCause;
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
 * @param outlook how fast it is expected to be; null if that is not known
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
        @Nullable Outlook outlook) {

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

    /** Seconds until all rows are scanned at the usual speed; null if the speed or the number of rows is not known. */
    public @Nullable Long etaSeconds() {
        var remaining = remaining();
        return remaining == null ? null : (long) Math.ceil(remaining.usual());
    }

    /** Between which limits that time probably is; null if it is not known. */
    public JobStatus.@Nullable EtaRange etaRange() {
        var remaining = remaining();
        return remaining == null
                ? null
                : new JobStatus.EtaRange((long) Math.floor(remaining.low()), (long) Math.ceil(remaining.high()));
    }

    private Outlook.@Nullable Remaining remaining() {
        var estimated = rows.estimated();
        return unknown() != null || estimated == null || outlook == null
                ? null
                : outlook.remaining(estimated - rows.walked());
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
        return walkedPerSecond == null ? "the speed is not measured" : ofMoving();
    }

    private @Nullable String ofMoving() {
        var heldBy = outlook == null ? null : outlook.heldBy();
        if (heldBy != null) {
            return heldBy.cause() == TimeCause.THROTTLED
                    ? "held back entirely by " + heldBy.signal()
                    : "held back entirely: " + heldBy.cause().words();
        }
        if (!throttled && !moves()) {
            return standstill();
        }
        return outlook == null || outlook.speeds() == null ? "the speed is not measured yet" : null;
    }

    // What a throttle takes is in the outlook. Anything else may last for as long as it likes.
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

    private boolean isStopped() {
        return state != JobState.RUNNING || (fleetPaused && shards.running() == 0);
    }

    private static double share(long part, long whole) {
        return Math.min(MOST, Math.floor(1000.0 * part / whole) / 10);
    }
}
