package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Recorder;

/**
 * What an application would say of itself: the median of the p99s of its last five seconds. Of one second's transactions a
 * p99 is but the luck of a few, and one second in which the disk stood still is not how the application is. In
 * milliseconds; safe for use by several threads.
 *
 * <p>While its backfill is paused for a comparison it says what it said before: else the backfill would be given credit for
 * what it did not do.
 */
final class OwnWord {
    private static final int SECONDS = 5;
    private static final double A_SECOND = 1_000;

    private final Recorder latencies;
    private final List<Double> seconds = new ArrayList<>();
    private OptionalDouble worst = OptionalDouble.empty();
    private Phase before = Phase.BETWEEN;
    private int learning;

    /** Of what the recorder is told, in nanoseconds. */
    OwnWord(Recorder latencies) {
        this.latencies = latencies;
    }

    /** Once each second: what to say now; nothing, if there is nothing to be said yet. */
    synchronized OptionalDouble next(Phase now) {
        var interval = latencies.getIntervalHistogram();
        if (now != Phase.ALONE && before != Phase.ALONE) {
            // A second in which nothing ended is as bad as the whole of it.
            seconds.add(interval.getTotalCount() == 0 ? A_SECOND : Traffic.p99(interval));
        }
        var word = median(seconds.subList(Math.max(0, seconds.size() - SECONDS), seconds.size()));
        learning = now == Phase.LEARNING && before == now ? learning + 1 : 0;
        if (learning >= SECONDS) {
            worst = OptionalDouble.of(Math.max(worst.orElse(0), word.orElseThrow()));
        }
        before = now;
        return word;
    }

    /** The worst that it said of itself while it was {@link Phase#LEARNING}; nothing, if that were no five seconds. */
    synchronized OptionalDouble worstLearned() {
        return worst;
    }

    private static OptionalDouble median(List<Double> seconds) {
        return seconds.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        Spread.of(seconds.stream().mapToDouble(p99 -> p99)).median());
    }
}
