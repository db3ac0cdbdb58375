package dev.backfleet.coordinator.lead;

import dev.backfleet.common.metric.DutyName;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * One duty of the leader.
 *
 * @param name its name in metrics and logs
 * @param pace when it is due
 * @param every how much time is at least between two runs of it; zero unless its pace is {@link Pace#INTERVAL}
 * @param work what it does; it is given the epoch under which this coordinator leads
 */
public record Duty(DutyName name, Pace pace, Duration every, LongConsumer work) {

    /** When a duty is due. */
    public enum Pace {
        /** In every round, those that an event causes too: what an event frees is used at once. */
        ROUND,
        /** Once per tick, however many events there are. */
        TICK,
        /** After an interval of its own. */
        INTERVAL
    }

    /** A duty that is due in every round. */
    public static Duty eachRound(DutyName name, LongConsumer work) {
        return new Duty(name, Pace.ROUND, Duration.ZERO, work);
    }

    /** A duty that is due once per tick. */
    public static Duty eachTick(DutyName name, Runnable work) {
        return new Duty(name, Pace.TICK, Duration.ZERO, epoch -> work.run());
    }

    /** A duty that is due after an interval of its own. */
    public static Duty every(Duration interval, DutyName name, Runnable work) {
        return every(interval, name, epoch -> work.run());
    }

    /** A duty that is due after an interval of its own, and needs the leader's epoch. */
    public static Duty every(Duration interval, DutyName name, LongConsumer work) {
        return new Duty(name, Pace.INTERVAL, interval, work);
    }

    /** Runs a duty once, and decides what becomes of its failure. */
    @FunctionalInterface
    public interface Runner {
        /**
         * Runs a duty.
         *
         * @param duty its name
         */
        void run(DutyName duty, Runnable work);
    }
}
