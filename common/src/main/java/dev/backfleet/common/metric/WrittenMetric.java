package dev.backfleet.common.metric;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A metric as it is written in the catalogue: {@code type name{labels} in unit}.
 *
 * @param name as Prometheus sees it
 * @param labels separated by commas; empty if it has none
 * @param unit in words; empty if it has none
 */
public record WrittenMetric(MetricType type, String name, String labels, String unit) {
    private static final String WRITTEN_AS =
            "(counter|gauge|histogram|summary) ([a-z_]+)(?:\\{([a-z,]+)})?(?: in ([a-z0-9 ]+))?";

    // Read at each scrape.
    private static final Map<String, WrittenMetric> PARSED = new ConcurrentHashMap<>();

    /** The metric that is written so. */
    static WrittenMetric of(String written) {
        return PARSED.computeIfAbsent(written, WrittenMetric::parse);
    }

    private static WrittenMetric parse(String written) {
        var parts = Pattern.compile(WRITTEN_AS).matcher(written);
        if (!parts.matches()) {
            throw new IllegalArgumentException(written);
        }
        return new WrittenMetric(
                MetricType.of(parts.group(1)),
                "backfleet_" + parts.group(2),
                parts.group(3) == null ? "" : parts.group(3),
                parts.group(4) == null ? "" : parts.group(4));
    }
}
