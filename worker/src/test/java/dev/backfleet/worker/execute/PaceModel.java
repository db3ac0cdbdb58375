package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;

/** The clock of a job's rate as a value in memory, for simulations; a contract test holds it against the real one. */
public final class PaceModel {
    private static final double AIM = 0.95;
    private static final double HORIZON = 0.25;
    private static final double LEFT_BEHIND = 5;
    private static final double MOST = 2;

    private final double rate;
    private double next;

    /**
     * A clock that shows a time.
     *
     * @param rate rows per second
     * @param next when the next batch may begin, in seconds
     */
    public PaceModel(double rate, double next) {
        this.rate = rate * AIM;
        this.next = next;
    }

    /** The same clock, at another rate. */
    public PaceModel at(double rowsPerSecond) {
        return new PaceModel(rowsPerSecond, next);
    }

    /** When the next batch may begin, in seconds. */
    public double next() {
        return next;
    }

    /** What the row does with a request at a time. */
    public Reservation reserve(double now, Step.Reserve request, SlotLimits limits) {
        if (next > now + LEFT_BEHIND) {
            next = now;
        }
        if (next > now + HORIZON) {
            return new Reservation(false, seconds(Math.min(HORIZON, Math.max(0.01, next - HORIZON - now))), limits);
        }
        var back = Math.max(-MOST, Math.min(0, request.debt()) / rate);
        var taken = Math.min(MOST, (Math.max(0, request.debt()) + request.rows()) / rate);
        next = Math.max(next + back, now) + taken;
        var start = Math.max(now, next - Math.min(MOST, request.rows() / rate));
        return new Reservation(true, seconds(start - now), limits);
    }

    /** What the row does when a run settles. */
    public void settle(double now, double rows) {
        next = rows > 0 ? Math.max(next, now) + Math.min(MOST, rows / rate) : next + Math.max(-MOST, rows / rate);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
