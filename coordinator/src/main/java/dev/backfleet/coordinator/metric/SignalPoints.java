package dev.backfleet.coordinator.metric;

import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.SignalMetric;
import dev.backfleet.coordinator.throttle.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/** The metrics of the throttle's signals. Of a signal that is read for each job, the worst reading counts. */
final class SignalPoints {
    // Specs define signals of their own.
    private static final int MOST = 100;
    private static final double PERCENT = 100;

    private static final Comparator<Reading> SEVERITY =
            Comparator.comparing(Reading::level).thenComparing(Reading::utilisation);

    private SignalPoints() {}

    static List<MetricPoint> of(List<Reading> readings) {
        var worst = new LinkedHashMap<String, Reading>();
        for (var reading : readings) {
            worst.merge(
                    reading.sample().signal(),
                    reading,
                    (one, other) -> SEVERITY.compare(one, other) >= 0 ? one : other);
        }
        var names = new BoundedLabel(MOST);
        var points = new ArrayList<MetricPoint>();
        worst.forEach((signal, reading) -> add(names.of(signal), reading, points));
        return points;
    }

    private static int level(Reading reading) {
        return switch (reading.level()) {
            case CALM -> 0;
            case SOFT -> 1;
            case HARD -> 2;
        };
    }

    private static void add(String signal, Reading reading, List<MetricPoint> points) {
        if (signal.equals(BoundedLabel.OTHER)) {
            return;
        }
        var value = reading.sample().value();
        points.add(MetricPoint.of(SignalMetric.READABLE, value == null ? 0 : 1, signal));
        points.add(MetricPoint.of(SignalMetric.LEVEL, level(reading), signal));
        points.add(MetricPoint.of(SignalMetric.UTILISATION, reading.utilisation(), signal));
        if (value != null) {
            points.add(
                    switch (reading.sample().measure()) {
                        case DURATION -> MetricPoint.of(SignalMetric.SECONDS, value, signal);
                        case BYTES -> MetricPoint.of(SignalMetric.BYTES, value, signal);
                        case BYTES_PER_SECOND -> MetricPoint.of(SignalMetric.RATE, value, signal);
                        case PERCENT -> MetricPoint.of(SignalMetric.RATIO, value / PERCENT, signal);
                        case NUMBER -> MetricPoint.of(SignalMetric.COUNT, value, signal);
                    });
        }
    }
}
