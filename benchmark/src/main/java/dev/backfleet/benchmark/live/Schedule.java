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
 * When transactions are due, whether or not those before them have ended, and what they count for. Shared by all
 * connections: whichever is free takes the next. Times are nanoseconds of the loop's ticker.
 */
final class Schedule {
    /** The last so many pairs say how the application is now: of one pair's transactions a p99 is but the luck of a few. */
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

    /** When a transaction is to start. */
    long due(long number) {
        return start + Math.round(number * interval);
    }

    /** What is due from then on counts for that, until another phase begins. */
    void enter(Phase phase, long time) {
        turns.add(new Turn(phase, time));
    }

    /** What turns until now saw is not counted: the backfill was not yet as it is to be measured. */
    void settled() {
        counted = turns.size();
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

    // While everything stands still, a turn can be over that has seen nothing yet.
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
