package dev.backfleet.common.management;

import dev.backfleet.common.metric.Metric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.MetricType;
import dev.backfleet.common.metric.ProcessMetric;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes metrics that are read elsewhere: what is not read any more is not published any more, unlike a meter. */
final class SampledMetrics implements MultiCollector {
    private static final Logger LOG = LoggerFactory.getLogger(SampledMetrics.class);

    private final InfoSnapshot build;
    private volatile Supplier<List<MetricPoint>> source = List::of;

    /**
     * Nothing is read yet.
     *
     * @param version of this release
     * @param revision the commit that it was built from
     */
    SampledMetrics(String version, String revision) {
        // No meter can have this name: the registry keeps the suffix for metrics of this type.
        var name = ProcessMetric.BUILD_INFO.exposedName();
        this.build = InfoSnapshot.builder()
                .name(name.substring(0, name.length() - "_info".length()))
                .help(ProcessMetric.BUILD_INFO.tells())
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(labels(ProcessMetric.BUILD_INFO, List.of(version, revision)))
                        .build())
                .build();
    }

    void source(Supplier<List<MetricPoint>> points) {
        source = points;
    }

    @Override
    public MetricSnapshots collect() {
        try {
            var byMetric = new LinkedHashMap<Metric, Map<List<String>, Double>>();
            // Of two values with the same labels the first counts: Prometheus would reject all metrics.
            source.get().forEach(point -> byMetric.computeIfAbsent(point.metric(), metric -> new LinkedHashMap<>())
                    .putIfAbsent(point.labels(), point.value()));
            var all = new ArrayList<MetricSnapshot>();
            all.add(build);
            byMetric.forEach((metric, values) -> all.add(snapshot(metric, values)));
            return new MetricSnapshots(all);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("metrics could not be read");
            return new MetricSnapshots(build);
        }
    }

    private static MetricSnapshot snapshot(Metric metric, Map<List<String>, Double> values) {
        return metric.type() == MetricType.COUNTER ? counter(metric, values) : gauge(metric, values);
    }

    private static MetricSnapshot counter(Metric metric, Map<List<String>, Double> values) {
        var snapshot = CounterSnapshot.builder().name(metric.meter()).help(metric.tells());
        values.forEach((labels, value) -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels(metric, labels))
                .value(value)
                .build()));
        return snapshot.build();
    }

    private static MetricSnapshot gauge(Metric metric, Map<List<String>, Double> values) {
        var snapshot = GaugeSnapshot.builder().name(metric.meter()).help(metric.tells());
        values.forEach((labels, value) -> snapshot.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels(metric, labels))
                .value(value)
                .build()));
        return snapshot.build();
    }

    private static Labels labels(Metric metric, List<String> values) {
        return Labels.of(metric.labels(), values);
    }
}
