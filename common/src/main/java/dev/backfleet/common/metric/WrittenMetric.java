package dev.backfleet.common.metric;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A metric as it is written in the catalogue: {@code type name{labels} in unit}.
 *
 * @param name as Prometheus sees it
 * @param labels their names, in their order
 * @param unit in words; empty if it has none
 */
public record WrittenMetric(MetricType type, String name, List<String> labels, String unit) {
    private static final String WRITTEN_AS =
            "(counter|gauge|histogram|summary) ([a-z_]+)(?:\\{([a-z,]+)})?(?: in ([a-z0-9 ]+))?";

    public WrittenMetric {
        labels = List.copyOf(labels);
    }

    static WrittenMetric parse(String written) {
        var parts = Pattern.compile(WRITTEN_AS).matcher(written);
        if (!parts.matches()) {
            throw new IllegalArgumentException(written);
        }
        return new WrittenMetric(
                MetricType.of(parts.group(1)),
                "backfleet_" + parts.group(2),
                parts.group(3) == null ? List.of() : List.of(parts.group(3).split(",")),
                parts.group(4) == null ? "" : parts.group(4));
    }
}
