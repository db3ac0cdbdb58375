package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * When transactions are due, whether or not those before them have ended, and what they count for. Shared by all
 * connections: whichever is free takes the next. Times are nanoseconds of the loop's ticker.
 */
final class Schedule {
    private final long start;
    private final double interval;
    private final AtomicLong next = new AtomicLong();
    private final List<Turn> turns = new CopyOnWriteArrayList<>();
    private volatile long until = Long.MAX_VALUE;

    Schedule(long start, double perSecond) {
        this.start = start;
        this.interval = 1e9 / perSecond;
        turns.add(new Turn(Phase.BETWEEN, start));
    }

    /** The number of the next transaction, which belongs to the caller from now on. */
    long take() {
        return next.getAndIncrement();
    }

    /** When a transaction is to start. */
    long due(long number) {
        return start + Math.round(number * interval);
    }

    /** What is due from then on counts for that, until another phase begins. */
    void enter(Phase phase, long time) {
        turns.add(new Turn(phase, time));
    }

    /** What is due from then on does not take place. */
    void endAt(long time) {
        until = time;
    }

    /** In which turn that time lies. */
    Turn turn(long due) {
        for (int i = turns.size() - 1; i > 0; i--) {
            if (turns.get(i).isBegunAt(due)) {
                return turns.get(i);
            }
        }
        return turns.get(0);
    }

    /** All turns of a phase, in their order. */
    List<Turn> turns(Phase phase) {
        return turns.stream().filter(turn -> turn.phase() == phase).toList();
    }

    /** Of each turn beside the backfill, its p99 by that of the turn alone that came after it, or else before it. */
    Spread slowdowns() {
        var alone = turns(Phase.ALONE);
        var beside = turns(Phase.BESIDE);
        return Spread.of(IntStream.range(0, beside.size())
                .mapToDouble(i -> p99(beside.get(i)) / p99(alone.get(Math.min(i, alone.size() - 1)))));
    }

    private static double p99(Turn turn) {
        return Turn.traffic(List.of(turn)).p99();
    }

    boolean isOver(long due) {
        return due >= until;
    }
}
