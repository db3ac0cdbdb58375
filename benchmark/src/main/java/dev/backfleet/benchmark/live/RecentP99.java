package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import org.HdrHistogram.Recorder;

/**
 * What an application would say of itself: the median of the p99s of its last five seconds. Of one second's transactions a
 * p99 is but the luck of a few, and one second in which the disk stood still is not how the application is.
 */
final class RecentP99 {
    private static final int SECONDS = 5;

    private final Recorder latencies;
    private final Deque<Double> seconds = new ArrayDeque<>();

    /** Of what the recorder is told, in nanoseconds. */
    RecentP99(Recorder latencies) {
        this.latencies = latencies;
    }

    /** In milliseconds. To be asked once each second; nothing, if nothing ended since it was asked last. */
    OptionalDouble next() {
        var last = Traffic.p99(latencies.getIntervalHistogram());
        if (last.isEmpty()) {
            return last;
        }
        seconds.addLast(last.getAsDouble());
        if (seconds.size() > SECONDS) {
            seconds.removeFirst();
        }
        return OptionalDouble.of(
                Spread.of(seconds.stream().mapToDouble(p99 -> p99)).median());
    }
}
