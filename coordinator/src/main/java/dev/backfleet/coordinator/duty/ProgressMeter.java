package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The duty of measuring the speed of jobs: rows per second over about the last ten seconds. */
public final class ProgressMeter {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "measuring its speed";

    /** How often it measures. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private static final int SAMPLES = 11;

    private final Counts counts;
    private final Ticker ticker;
    private final Map<Long, Deque<Sample>> samples = new HashMap<>();
    private final EachJob each;

    public ProgressMeter(Counts counts, Ticker ticker, EachJob each) {
        this.each = each;
        this.counts = counts;
        this.ticker = ticker;
    }

    /** Reads the counts, and stores the speed of each job that was measured before. */
    public void runOnce() {
        var now = ticker.now();
        var current = counts.counts();
        samples.keySet().retainAll(current.keySet());
        current.forEach((job, count) -> each.run(job, () -> measure(job, new Sample(now, count))));
    }

    private void measure(long job, Sample sample) {
        var window = samples.computeIfAbsent(job, id -> new ArrayDeque<>());
        window.addLast(sample);
        if (window.size() > SAMPLES) {
            window.removeFirst();
        }
        if (window.size() > 1) {
            counts.store(job, speed(window.getFirst(), sample));
        }
    }

    private static Speed speed(Sample first, Sample last) {
        var seconds = last.at.minus(first.at).toNanos() / 1e9;
        return new Speed(
                (last.count.changed - first.count.changed) / seconds,
                (last.count.walked - first.count.walked) / seconds);
    }

    private record Sample(Duration at, Count count) {}

    /**
     * Rows so far.
     *
     * @param changed rows changed
     * @param walked rows scanned
     */
    public record Count(long changed, long walked) {}

    /**
     * Rows per second.
     *
     * @param changed rows changed
     * @param walked rows scanned
     */
    public record Speed(double changed, double walked) {}

    /** The counts in the checkpoints. */
    public interface Counts {
        /** Rows so far, of each job that is RUNNING. */
        Map<Long, Count> counts();

        /** Stores the speed of a job. */
        void store(long job, Speed speed);
    }
}
