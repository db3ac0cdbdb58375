package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The times at which transactions are due, independent of earlier ones, and the phase of each. Shared by all
 * connections: a free connection takes the next transaction. Times are nanoseconds of the loop's ticker.
 */
final class Schedule {
    /**
     * The number of recent pairs that determine the current slowdown: the p99 of a single pair depends on a few
     * transactions.
     */
    private static final int PAIRS = 3;

    private final long start;
    private final double interval;
    private final AtomicLong next = new AtomicLong();
    private final List<Turn> turns = new CopyOnWriteArrayList<>();
    private volatile int counted;
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

    /** The scheduled time of a transaction. */
    long due(long number) {
        return start + Math.round(number * interval);
    }

    /** Transactions that are due from {@code time} on belong to this phase, until another one begins. */
    void enter(Phase phase, long time) {
        turns.add(new Turn(phase, time));
    }

    /** Discards the turns so far: the backfill had not reached its steady state. */
    void settled() {
        counted = turns.size();
    }

    /** Transactions that are due from {@code time} on are dropped. */
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

    /** What was seen in a phase, as far as it is counted. */
    Traffic traffic(Phase phase) {
        return Turn.traffic(
                counted().stream().filter(turn -> turn.phase() == phase).toList());
    }

    /**
     * Of each counted turn beside the backfill, its p99 by that of the turn alone that came after it, or else before it. Only
     * when all of them are over.
     */
    Spread slowdowns() {
        return Spread.of(slowdowns(counted()));
    }

    /** The median of the same of the last turns that are over, counted or not; nothing, if there is none. */
    OptionalDouble slowdownOfLate() {
        var over = List.copyOf(turns);
        var all = slowdowns(over.subList(0, over.size() - 1)).toArray();
        return all.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Spread.of(DoubleStream.of(all).skip(Math.max(0, all.length - PAIRS)))
                        .median());
    }

    boolean isOver(long due) {
        return due >= until;
    }

    private List<Turn> counted() {
        return List.copyOf(turns).subList(counted, turns.size());
    }

    // During a stall, a turn can end without any transaction.
    private static DoubleStream slowdowns(List<Turn> all) {
        var turns = all.stream().filter(Turn::hasSeen).toList();
        return IntStream.range(0, turns.size())
                .filter(i -> turns.get(i).phase() == Phase.BESIDE)
                .mapToDouble(i -> turns.get(i).p99() / alone(turns, i).p99());
    }

    private static Turn alone(List<Turn> turns, int beside) {
        return turns.subList(beside, turns.size()).stream()
                .filter(turn -> turn.phase() == Phase.ALONE)
                .findFirst()
                .or(() -> lastAlone(turns.subList(0, beside)))
                .orElseThrow(() -> new IllegalStateException("the application was never alone"));
    }

    private static Optional<Turn> lastAlone(List<Turn> turns) {
        return turns.stream().filter(turn -> turn.phase() == Phase.ALONE).reduce((first, second) -> second);
    }
}
