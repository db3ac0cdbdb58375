package dev.backfleet.coordinator.timekeeping;

import dev.backfleet.common.job.JobState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job at one moment, as the leader sees it.
 *
 * @param at the moment, by the database's clock; if the job has finished, when it did
 * @param booked until when its time is booked; when it was submitted, if none is
 * @param started when its plan was stored; null: not yet
 * @param ended whether its time was booked to an end: it had finished, and was opened again
 * @param factor its throttle's
 * @param signal the signal that throttles it; null if none does
 * @param trouble whether it has paused itself
 * @param facts what else decides
 */
public record JobMoment(
        long job,
        JobState state,
        Instant at,
        Instant booked,
        @Nullable Instant started,
        boolean ended,
        double factor,
        @Nullable String signal,
        boolean trouble,
        Facts facts) {

    /**
     * What decides for a RUNNING job.
     *
     * @param running shards that are worked on
     * @param waiting whether shards of its wave wait for a slot
     * @param held whether shards wait for tenants that are paused
     * @param meetsLocks whether at least half of its batches did not get their locks within the last seconds
     * @param atLimit whether it changes as many rows as its limit permits
     * @param moves whether a row was scanned within the last seconds, as far as is known
     */
    public record Facts(
            boolean fleetPaused,
            boolean windowOpen,
            boolean waveDone,
            boolean workersAccept,
            int running,
            boolean waiting,
            boolean held,
            boolean meetsLocks,
            boolean atLimit,
            boolean moves) {}

    /** The shares of a second; together they are 1. */
    public Map<Spent, Double> shares() {
        var cause = cause();
        if (!cause.isWork() || factor >= 1 || signal == null) {
            return Map.of(mostly(), 1.0);
        }
        return Map.of(Spent.on(cause), factor, throttled(), 1 - factor);
    }

    /** What its time goes to, mostly, with the signal that throttles it. */
    Spent mostly() {
        var cause = cause();
        return cause == TimeCause.THROTTLED ? throttled() : Spent.on(cause);
    }

    /** What its time goes to, mostly. */
    public TimeCause cause() {
        return switch (state) {
            case PLANNING -> TimeCause.PLANNING;
            case HALTED -> TimeCause.HALTED;
            case PAUSING, PAUSED -> trouble ? TimeCause.TROUBLE : TimeCause.PAUSED;
            case CANCELLING -> TimeCause.PAUSED;
            case RUNNING, CANCELLED, SUCCEEDED, FAILED -> running();
        };
    }

    private TimeCause running() {
        if (facts.fleetPaused) {
            return TimeCause.FLEET_PAUSED;
        }
        if (!facts.windowOpen) {
            return TimeCause.OUTSIDE_WINDOW;
        }
        if (facts.waveDone && facts.running == 0) {
            return TimeCause.WAITS_FOR_WAVE;
        }
        if (factor == 0 && signal != null) {
            return TimeCause.THROTTLED;
        }
        return facts.running == 0 ? withoutSlot() : atWork();
    }

    // Without a shard that is left, the leader still looks for rows that were left out.
    private TimeCause withoutSlot() {
        if (!facts.waiting) {
            return facts.held ? TimeCause.PAUSED : TimeCause.WORKING;
        }
        // A shard that met locks is put back for a while.
        if (facts.meetsLocks) {
            return TimeCause.LOCKS;
        }
        return facts.workersAccept ? TimeCause.WAITS_FOR_SLOT : TimeCause.NO_WORKER;
    }

    private TimeCause atWork() {
        if (facts.meetsLocks) {
            return TimeCause.LOCKS;
        }
        if (!facts.moves) {
            return TimeCause.NO_PROGRESS;
        }
        return facts.atLimit ? TimeCause.AT_LIMIT : TimeCause.WORKING;
    }

    private Spent throttled() {
        return new Spent(TimeCause.THROTTLED, signal == null ? "" : signal);
    }
}
