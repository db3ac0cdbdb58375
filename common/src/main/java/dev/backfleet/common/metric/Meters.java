package dev.backfleet.common.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Makes the meters of metrics; the same one for the same values of the labels. */
final class Meters {
    private Meters() {}

    static Counter counter(Metric metric, MeterRegistry registry, String... values) {
        return Counter.builder(metric.meter())
                .description(metric.tells())
                .tags(tags(metric, values))
                .register(registry);
    }

    static Timer timer(Metric metric, MeterRegistry registry, String... values) {
        return Timer.builder(metric.meter())
                .description(metric.tells())
                .serviceLevelObjectives(Buckets.of(metric))
                .tags(tags(metric, values))
                .register(registry);
    }

    static DistributionSummary summary(Metric metric, MeterRegistry registry, String... values) {
        return DistributionSummary.builder(metric.meter())
                .description(metric.tells())
                .tags(tags(metric, values))
                .register(registry);
    }

    static void gauge(Metric metric, MeterRegistry registry, Supplier<Number> value) {
        Gauge.builder(metric.meter(), value)
                .description(metric.tells())
                .tags(tags(metric))
                .register(registry);
    }

    private static List<Tag> tags(Metric metric, String... values) {
        var names = metric.labels();
        if (values.length != names.size()) {
            throw new IllegalArgumentException(metric + " has the labels " + names);
        }
        var tags = new ArrayList<Tag>();
        for (var i = 0; i < values.length; i++) {
            tags.add(Tag.of(names.get(i), values[i]));
        }
        return tags;
    }
}
