package dev.backfleet.coordinator.screen;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus.Throttled;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The throttle of a job in words: the signal, and what each signal has cost. */
final class ThrottleText {
    private ThrottleText() {}

    /** The signal that throttles the job now, if any. */
    static Optional<String> words(Throttled throttle) {
        if (throttle.factor() >= 1 || throttle.signal() == null) {
            return Optional.empty();
        }
        var stopped = throttle.factor() == 0;
        var by = (stopped ? "suspended by " : "throttled to " + Math.round(throttle.factor() * 100) + " % by ")
                + throttle.signal() + ": " + value(throttle);
        return Optional.of(by
                + (isCalm(throttle)
                        ? "; it speeds up again step by step"
                        : "; it recovers by itself when that is over"));
    }

    /** The cost of each signal, the highest first; empty if there is none. */
    static Optional<String> cost(Throttled throttle) {
        var costs = throttle.costSeconds().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(cost -> cost.getKey() + " " + seconds(cost.getValue()))
                .collect(Collectors.joining(", "));
        return costs.isEmpty() ? Optional.empty() : Optional.of("cost so far: " + costs);
    }

    private static String seconds(double seconds) {
        return HumanText.elapsed(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    private static boolean isCalm(Throttled throttle) {
        return "CALM".equals(throttle.level());
    }

    private static String value(Throttled throttle) {
        var measure = throttle.unit() == null ? Measure.NUMBER : throttle.unit();
        var value = throttle.value();
        var threshold = throttle.threshold();
        if (value == null) {
            return "it cannot be read (" + throttle.note() + ")";
        }
        if (throttle.note() != null) {
            return throttle.note();
        }
        var limit = threshold == null
                ? ""
                : ("HARD".equals(throttle.level()) ? ", hard threshold " : ", soft threshold ")
                        + measure.show(threshold);
        return measure.show(value) + limit;
    }
}
