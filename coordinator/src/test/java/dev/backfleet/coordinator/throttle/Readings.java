package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import java.time.Duration;
import java.util.List;

/** Readings with a soft threshold of 10 and a hard one of 30. */
final class Readings {
    private static final Thresholds THRESHOLDS = new Thresholds(10, 30);

    private Readings() {}

    static List<Reading> of(double value) {
        return List.of(reading(Signal.PROBE_LATENCY, value));
    }

    static Reading reading(Signal signal, double value) {
        return new Reading(Sample.of(signal, value), THRESHOLDS, Duration.ZERO);
    }

    static List<Reading> unread(Duration since) {
        return List.of(new Reading(Sample.unreadable(Signal.PROBE_LATENCY, "away"), THRESHOLDS, since));
    }
}
