package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.metric.Metric;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Expressions in PromQL, held against the metrics that are published. */
final class Expressions {
    /** Labels that Prometheus adds, and the bucket of a histogram. */
    private static final Set<String> COMMON = Set.of("instance", "job", "le");

    private static final Pattern NAME = Pattern.compile("backfleet[_:][a-z0-9_:]+");
    private static final Pattern SELECTOR = Pattern.compile("(backfleet[_:][a-z0-9_:]+)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([a-z_, ]*)\\)");

    private static final Map<String, Metric> METRICS = published();

    private Expressions() {}

    /** The names of Backfleet's metrics in a text. */
    static List<String> names(String text) {
        return NAME.matcher(text).results().map(MatchResult::group).toList();
    }

    static boolean isPublished(String name) {
        return METRICS.containsKey(name);
    }

    /**
     * Fails unless an expression is about metrics and labels that exist.
     *
     * @param records names of recording rules, which have the labels {@code backfill}, {@code duty} and {@code scope}
     */
    static void assertKnown(String expression, List<?> records) {
        var used = names(expression);
        assertThat(used)
                .filteredOn(name -> !records.contains(name))
                .as(expression)
                .allMatch(Expressions::isPublished);
        var labels = used.stream()
                .flatMap(name -> Stream.ofNullable(METRICS.get(name)))
                .flatMap(metric -> metric.labels().stream())
                .collect(Collectors.toSet());
        labels.addAll(COMMON);
        if (used.stream().anyMatch(records::contains)) {
            labels.addAll(List.of("backfill", "duty", "scope"));
        }
        SELECTOR.matcher(expression).results().forEach(selector -> {
            var metric = METRICS.get(selector.group(1));
            var own = new HashSet<>(metric == null ? labels : Set.copyOf(metric.labels()));
            own.addAll(COMMON);
            assertThat(own)
                    .as(selector.group())
                    .containsAll(MATCHER.matcher(selector.group(2))
                            .results()
                            .map(match -> match.group(1))
                            .toList());
        });
        GROUPING.matcher(expression)
                .results()
                .flatMap(by -> Arrays.stream(by.group(1).split(",")))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .forEach(label -> assertThat(labels).as(expression).contains(label));
    }

    private static Map<String, Metric> published() {
        var names = new HashMap<String, Metric>();
        for (var metric : Metric.all()) {
            switch (metric.type()) {
                case COUNTER, GAUGE -> names.put(metric.exposedName(), metric);
                case HISTOGRAM, SUMMARY -> {
                    for (var part : List.of("_bucket", "_sum", "_count", "_max", "")) {
                        names.put(metric.exposedName() + part, metric);
                    }
                }
            }
        }
        return Map.copyOf(names);
    }
}
