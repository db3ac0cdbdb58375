package dev.backfleet.benchmark.live;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** A time in which one phase lasts, and what transactions that were due in it saw. Safe for use by several threads. */
final class Turn {
    private static final int DIGITS = 3;

    private final Phase phase;
    private final long from;
    private final Histogram latencies = new Histogram(DIGITS);
    private final Map<String, Long> errors = new TreeMap<>();

    /** From then on, in nanoseconds of the loop's ticker, to the next turn. */
    Turn(Phase phase, long from) {
        this.phase = phase;
        this.from = from;
    }

    Phase phase() {
        return phase;
    }

    /** Whether what was due then is due in it or in one that comes after it. */
    boolean isBegunAt(long due) {
        return from <= due;
    }

    /** Records a transaction: nanoseconds from its scheduled time, and the SQLSTATE if it failed. */
    synchronized void add(long latency, Optional<String> error) {
        latencies.recordValue(latency);
        error.ifPresent(code -> errors.merge(code, 1L, Long::sum));
    }

    /** Whether anything that was due in it has ended. */
    synchronized boolean hasSeen() {
        return latencies.getTotalCount() > 0;
    }

    /** The p99 of what it saw until now, in milliseconds. */
    synchronized double p99() {
        return Traffic.p99(latencies);
    }

    /** What was seen in all of them together. */
    static Traffic traffic(List<Turn> turns) {
        var latencies = new Histogram(DIGITS);
        var errors = new TreeMap<String, Long>();
        turns.forEach(turn -> turn.addTo(latencies, errors));
        return Traffic.of(latencies, errors);
    }

    private synchronized void addTo(Histogram sum, Map<String, Long> sumOfErrors) {
        sum.add(latencies);
        errors.forEach((code, count) -> sumOfErrors.merge(code, count, Long::sum));
    }
}
