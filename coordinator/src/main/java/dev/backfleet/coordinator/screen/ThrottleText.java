package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus.Throttled;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the throttle of a job has cost, in words. */
final class ThrottleText {
    private ThrottleText() {}

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
}
