package dev.backfleet.coordinator.timekeeping;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Concludes from a job's samples how fast it is expected to be. */
public final class Outlooks {
    /** Samples of this time count. */
    public static final Duration SPAN = Duration.ofHours(1);

    /** A job without any work in this time is held back entirely. */
    private static final Duration RECENT = Duration.ofMinutes(1);

    private static final int LEAST_SPEEDS = 3;
    private static final double LEAST_WORK_SECONDS = 2;
    private static final double RECENT_AT_LEAST_SECONDS = 10;
    private static final double NO_WORK = 0.02;
    private static final int BLOCKS = 6;

    /** A limit of WAL changes a little with each measurement. */
    private static final double SAME_LIMIT = 1.25;

    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;

    private Outlooks() {}

    /**
     * The outlook.
     *
     * @param samples the oldest first
     */
    public static Outlook of(List<Point> samples) {
        return new Outlook(speeds(sameLimit(samples)), share(samples), heldBy(samples));
    }

    private static Outlook.@Nullable Speeds speeds(List<Point> samples) {
        var speeds = new ArrayList<Speed>();
        for (var i = 1; i < samples.size(); i++) {
            var from = samples.get(i - 1);
            var to = samples.get(i);
            if (to.worked - from.worked >= LEAST_WORK_SECONDS && to.walked > from.walked) {
                speeds.add(new Speed(to.walked - from.walked, to.worked - from.worked));
            }
        }
        if (speeds.size() < LEAST_SPEEDS) {
            return null;
        }
        speeds.sort(Comparator.comparing(Speed::value));
        var rows = speeds.stream().mapToDouble(Speed::rows).sum();
        var seconds = speeds.stream().mapToDouble(Speed::seconds).sum();
        return new Outlook.Speeds(
                percentile(speeds, seconds * LOW), rows / seconds, percentile(speeds, seconds * HIGH), speeds.size());
    }

    // The speed below which the job has worked for so many seconds.
    private static double percentile(List<Speed> sorted, double below) {
        var seconds = 0.0;
        for (var speed : sorted) {
            seconds += speed.seconds;
            if (seconds >= below) {
                return speed.value();
            }
        }
        return sorted.get(sorted.size() - 1).value();
    }

    // What was measured under another limit says nothing.
    private static List<Point> sameLimit(List<Point> samples) {
        if (samples.isEmpty()) {
            return samples;
        }
        var last = samples.get(samples.size() - 1).limit;
        var from = samples.size();
        while (from > 0 && same(samples.get(from - 1).limit, last)) {
            from--;
        }
        return samples.subList(from, samples.size());
    }

    private static boolean same(@Nullable Double one, @Nullable Double other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return Math.max(one, other) <= Math.min(one, other) * SAME_LIMIT;
    }

    // The deviation is that between blocks of time, since a job is held back for minutes at a time.
    private static Outlook.Share share(List<Point> samples) {
        if (samples.isEmpty() || span(samples) <= 0) {
            return new Outlook.Share(1, 0, BLOCKS, 0);
        }
        var first = samples.get(0);
        var last = samples.get(samples.size() - 1);
        var mean = (last.worked - first.worked) / span(samples);
        var block = span(samples) / BLOCKS;
        var squares = 0.0;
        var blocks = 0;
        var from = first;
        for (var to : samples) {
            var seconds = to.busy() - from.busy();
            if (seconds > 0 && to.busy() - first.busy() >= (blocks + 1) * block - 1e-6) {
                squares += Math.pow((to.worked - from.worked) / seconds - mean, 2);
                blocks++;
                from = to;
            }
        }
        var deviation = blocks < 2 ? 0 : Math.sqrt(squares / (blocks - 1));
        return new Outlook.Share(mean, deviation, Math.max(1, blocks), block);
    }

    private static double span(List<Point> samples) {
        return samples.get(samples.size() - 1).busy() - samples.get(0).busy();
    }

    private static @Nullable Spent heldBy(List<Point> samples) {
        if (samples.isEmpty()) {
            return null;
        }
        var last = samples.get(samples.size() - 1);
        var recent = samples.stream()
                .filter(point -> !point.at.isBefore(last.at.minus(RECENT)))
                .toList();
        var worked = last.worked - recent.get(0).worked;
        return last.spent.cause().holdsBack()
                        && span(recent) >= RECENT_AT_LEAST_SECONDS
                        && worked <= span(recent) * NO_WORK
                ? last.spent
                : null;
    }

    /**
     * What a sample says of a job.
     *
     * @param walked rows scanned so far
     * @param worked seconds of work so far
     * @param held seconds in which it was held back, so far
     * @param limit the rows per second that were permitted; null: no limit
     * @param spent what most of its time has gone to since the sample before
     */
    public record Point(
            Instant at,
            long walked,
            double worked,
            double held,
            @Nullable Double limit,
            Spent spent) {

        private double busy() {
            return worked + held;
        }
    }

    private record Speed(double rows, double seconds) {
        double value() {
            return rows / seconds;
        }
    }
}
