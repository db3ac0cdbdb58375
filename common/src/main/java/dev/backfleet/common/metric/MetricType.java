package dev.backfleet.common.metric;

import java.util.Locale;

/** The types that Prometheus knows, with the suffix that the registry adds to a meter's name. */
public enum MetricType {
    COUNTER("_total"),
    GAUGE(""),
    HISTOGRAM("_seconds"),
    SUMMARY("");

    private final String suffix;

    MetricType(String suffix) {
        this.suffix = suffix;
    }

    static MetricType of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    String suffix() {
        return suffix;
    }

    /** As Prometheus writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
