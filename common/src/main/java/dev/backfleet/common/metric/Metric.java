package dev.backfleet.common.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A metric of Backfleet's own. All of them are constants of the enums that implement this, each written as {@code type name{labels} in
 * unit}. Names follow Prometheus' rules; the label of a job is {@code backfill}, since {@code job} and {@code instance} are Prometheus'
 * own. No label is unbounded ({@link BoundedLabel}), and none names a tenant, a shard or a key.
 */
public interface Metric {

    /** All metrics, in the order of the reference page. */
    static List<Metric> all() {
        return Stream.<Metric[]>of(
                        ProcessMetric.values(),
                        WorkerMetric.values(),
                        CoordinatorMetric.values(),
                        FleetMetric.values(),
                        JobMetric.values(),
                        MigrationMetric.values(),
                        SignalMetric.values())
                .flatMap(Stream::of)
                .toList();
    }

    /** Which processes publish it. */
    MetricSource source();

    /** How it is written in the catalogue. */
    WrittenMetric written();

    /** What an operator concludes from it, in Markdown without a period. */
    String tells();

    default MetricType type() {
        return written().type();
    }

    /** Its name as Prometheus sees it. */
    default String exposedName() {
        return written().name();
    }

    /** Its name in the registry, which adds the suffix of its type. */
    default String meter() {
        var name = exposedName();
        return name.substring(0, name.length() - type().suffix().length());
    }

    /** The names of its labels. */
    default List<String> labels() {
        var labels = written().labels();
        return labels.isEmpty() ? List.of() : Stream.of(labels.split(",")).toList();
    }

    /** The unit in words; empty if it has none. */
    default String unit() {
        return written().unit();
    }

    /** The counter with these values of its labels, in their order. */
    default Counter counter(MeterRegistry registry, String... values) {
        return Meters.counter(this, registry, values);
    }

    /** The histogram with these values of its labels, in their order. */
    default Timer timer(MeterRegistry registry, String... values) {
        return Meters.timer(this, registry, values);
    }

    /** The summary with these values of its labels, in their order. */
    default DistributionSummary summary(MeterRegistry registry, String... values) {
        return Meters.summary(this, registry, values);
    }

    /** Publishes a value that is read at each scrape; it must be at hand. */
    default void gauge(MeterRegistry registry, Supplier<Number> value) {
        Meters.gauge(this, registry, value);
    }

    /** Publishes a duration, as {@link #gauge}. */
    default void seconds(MeterRegistry registry, Supplier<Duration> value) {
        Meters.gauge(this, registry, () -> value.get().toMillis() / 1000.0);
    }
}
