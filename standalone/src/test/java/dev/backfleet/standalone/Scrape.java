package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.health.Health;
import dev.backfleet.common.management.Management;
import dev.backfleet.common.metric.CoordinatorMetric;
import dev.backfleet.common.metric.FleetMetric;
import dev.backfleet.common.metric.JobMetric;
import dev.backfleet.common.metric.Metric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.metric.MetricSource;
import dev.backfleet.common.metric.MigrationMetric;
import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.metric.SignalMetric;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.ManagementSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a process of a test publishes, as Prometheus reads it. */
final class Scrape implements AutoCloseable {
    /** Published only once something has happened that not each run has. */
    private static final Set<Metric> OCCASIONAL = Set.of(
            ProcessMetric.RECORDS_SKIPPED,
            CoordinatorMetric.WEBHOOK_DELIVERIES,
            FleetMetric.WEBHOOK_FAILING,
            JobMetric.RATE_LIMIT,
            JobMetric.THROTTLE_COST,
            JobMetric.SPEED,
            JobMetric.ETA,
            SignalMetric.READABLE,
            SignalMetric.LEVEL,
            SignalMetric.UTILISATION,
            SignalMetric.SECONDS,
            SignalMetric.BYTES,
            SignalMetric.RATE,
            SignalMetric.RATIO,
            SignalMetric.COUNT,
            JobMetric.RECONCILE_ROWS,
            JobMetric.GATE_SAFE,
            JobMetric.GATE_AGE,
            JobMetric.GATE_INTERVAL,
            JobMetric.DEADLINE,
            MigrationMetric.MIGRATION_STATE,
            MigrationMetric.MIGRATION_READS,
            MigrationMetric.MIGRATION_TAKEN_BACK,
            MigrationMetric.MIGRATION_SIGNAL_LEVEL,
            MigrationMetric.MIGRATION_SIGNAL_READABLE);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Management management;

    private Scrape(Management management) {
        this.management = management;
    }

    /** Listens on a free port. */
    static Scrape open() {
        return new Scrape(
                Management.open(new ManagementSettings(new ListenAddress("127.0.0.1", 0), true), "0.0.0", "unknown"));
    }

    MeterRegistry registry() {
        return management.registry();
    }

    void running(Health health, Supplier<List<MetricPoint>> points) {
        management.running(health, points);
    }

    /** All that is published now. */
    String text() {
        return get("/metrics");
    }

    /** The value of a series; empty if there is none. */
    String value(String series) {
        return text().lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** Fails unless exactly the metrics of the catalogue are published, with their types and labels. */
    void assertTells(MetricSource... sources) {
        var lines = text().lines().filter(line -> line.contains("backfleet_")).toList();
        var expected = Metric.all().stream()
                .filter(metric -> List.of(sources).contains(metric.source()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        var types = lines.stream()
                .filter(line -> line.startsWith("# TYPE backfleet_"))
                .map(line -> line.substring("# TYPE ".length()))
                .filter(line -> !line.matches("\\S+_max gauge"))
                .collect(Collectors.toSet());
        assertThat(types).isSubsetOf(expected.stream().map(Scrape::type).toList());
        expected.removeAll(OCCASIONAL);
        assertThat(types).containsAll(expected.stream().map(Scrape::type).toList());
        for (var metric : expected) {
            var labels = metric.labels().stream()
                    .sorted()
                    .map(label -> label + "=\"[^\"]*\"")
                    .collect(Collectors.joining(","));
            var series = metric.exposedName()
                    + switch (metric.type()) {
                        case HISTOGRAM, SUMMARY -> "_count";
                        case COUNTER, GAUGE -> "";
                    };
            assertThat(lines)
                    .as(series)
                    .anyMatch(line -> line.matches(series + (labels.isEmpty() ? "" : "\\{" + labels + "}") + " .*"));
        }
    }

    private static String type(Metric metric) {
        return metric.exposedName() + " " + metric.type().text();
    }

    String get(String path) {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        management.close();
    }
}
