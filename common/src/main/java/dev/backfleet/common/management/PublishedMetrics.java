package dev.backfleet.common.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;

/** The process's meters, and the metrics that are read, in the text format of Prometheus. */
final class PublishedMetrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    PublishedMetrics(SampledMetrics sampled) {
        registry.getPrometheusRegistry().register(sampled);
    }

    MeterRegistry registry() {
        return registry;
    }

    byte[] scrape() {
        return registry.scrape(CONTENT_TYPE).getBytes(StandardCharsets.UTF_8);
    }
}
