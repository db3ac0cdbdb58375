package dev.backfleet.common.metric;

import java.util.List;

/**
 * A value of a metric at a moment.
 *
 * @param labels the values of its labels, in their order
 */
public record MetricPoint(Metric metric, List<String> labels, double value) {
    public MetricPoint {
        labels = List.copyOf(labels);
        if (labels.size() != metric.labels().size()) {
            throw new IllegalArgumentException(metric + " has the labels " + metric.labels());
        }
    }

    /** The value with these values of the metric's labels. */
    public static MetricPoint of(Metric metric, double value, String... labels) {
        return new MetricPoint(metric, List.of(labels), value);
    }

    /** The same of a count; from 2^53 on it is rounded. */
    public static MetricPoint of(Metric metric, long value, String... labels) {
        return of(metric, (double) value, labels);
    }
}
