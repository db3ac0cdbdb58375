package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.metric.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Alerts, their tests, runbooks and metrics belong together. */
class AlertsTest {
    private static final Path FOLDER = Path.of("prometheus");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final List<String> TESTS = List.of("alerts.test.yml", "alerts-slow.test.yml");
    private static final List<String> CHAPTERS =
            List.of("## What it means", "## What is at risk", "## Look", "## Do", "## Whom to call");

    /** Labels that Prometheus adds, the bucket of a histogram, and what a recording rule has by. */
    private static final Set<String> COMMON = Set.of("instance", "job", "le");

    private static final Pattern NAME = Pattern.compile("backfleet[_:][a-z0-9_:]+");
    private static final Pattern SELECTOR = Pattern.compile("(backfleet[_:][a-z0-9_:]+)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([a-z_, ]*)\\)");

    private static final Map<String, Metric> METRICS = published();

    static Stream<Map<?, ?>> rules() {
        return groups().flatMap(group -> list(group, "rules").stream().map(rule -> (Map<?, ?>) rule));
    }

    static Stream<Map<?, ?>> alerts() {
        return rules().filter(rule -> rule.containsKey("alert"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_rule_is_about_metrics_and_labels_that_exist(Map<?, ?> rule) {
        var expression = text(rule, "expr");
        var records =
                rules().flatMap(other -> Stream.ofNullable(other.get("record"))).toList();
        var used = NAME.matcher(expression).results().map(MatchResult::group).toList();
        assertThat(used)
                .filteredOn(name -> !records.contains(name))
                .as(expression)
                .allMatch(METRICS::containsKey);
        var labels = used.stream()
                .flatMap(name -> Stream.ofNullable(METRICS.get(name)))
                .flatMap(metric -> metric.labels().stream())
                .collect(Collectors.toSet());
        labels.addAll(COMMON);
        if (used.stream().anyMatch(records::contains)) {
            labels.addAll(List.of("backfill", "duty"));
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

    @ParameterizedTest
    @MethodSource("alerts")
    void an_alert_says_what_it_is_how_urgent_and_what_to_do(Map<?, ?> alert) {
        var name = text(alert, "alert");
        assertThat(name).startsWith("Backfleet");
        assertThat(alert.get("for")).as(name).isNotNull();
        assertThat(text(map(alert, "labels"), "severity")).isIn("page", "ticket", "info");
        var annotations = map(alert, "annotations");
        assertThat(text(annotations, "summary")).isNotBlank().doesNotEndWith(".");
        assertThat(text(annotations, "description")).endsWith(".");
        var book = text(annotations, "runbook_url");
        assertThat(book).startsWith("docs/runbooks/");
        assertThat(Path.of("..", book)).exists();
        assertThat(read(Path.of("..", book)).lines().filter(line -> line.startsWith("Alerts: ")))
                .singleElement()
                .asString()
                .contains("`" + name + "`");
        assertThat(read(RUNBOOKS.resolve("README.md")))
                .contains("| " + text(map(alert, "labels"), "severity") + " | `" + name + "` | ")
                .contains("(" + book.replace("docs/runbooks/", "") + ")");
        for (var outcome : List.of("exp_alerts: \\[]", "exp_alerts:\\n")) {
            assertThat(TESTS.stream().map(FOLDER::resolve).map(AlertsTest::read))
                    .as(name + " is tested to fire and not to fire")
                    .anyMatch(tests -> Pattern.compile("alertname: " + name + "(, |\\n *)" + outcome)
                            .matcher(tests)
                            .find());
        }
    }

    @Test
    void a_runbook_is_about_alerts_that_exist_and_has_all_chapters() throws IOException {
        var names = alerts().map(alert -> text(alert, "alert")).toList();
        try (var files = Files.list(RUNBOOKS)) {
            var books = files.filter(file -> !file.endsWith("README.md")).toList();
            assertThat(books).isNotEmpty();
            for (var book : books) {
                var text = read(book);
                assertThat(text.lines().filter(line -> line.startsWith("## ")))
                        .as(book.toString())
                        .containsExactlyElementsOf(CHAPTERS);
                assertThat(Pattern.compile("`(Backfleet[A-Za-z]+)`")
                                .matcher(text)
                                .results()
                                .map(match -> match.group(1)))
                        .isNotEmpty()
                        .isSubsetOf(names);
                assertThat(NAME.matcher(text).results().map(MatchResult::group))
                        .as(book.toString())
                        .allMatch(METRICS::containsKey);
            }
        }
    }

    @Test
    void prometheus_accepts_the_rules_and_they_fire_where_they_should() throws Exception {
        assumeTrue(promtool().isPresent(), "skipped: promtool is not installed (Debian: apt-get install prometheus)");
        assertThat(run("check", "config", "prometheus.yml")).contains("SUCCESS", "alerts.yml");
        var arguments = new ArrayList<>(List.of("test", "rules"));
        arguments.addAll(TESTS);
        run(arguments.toArray(String[]::new));
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(promtool().orElseThrow().toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static Optional<Path> promtool() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Map<String, Metric> published() {
        var names = new HashMap<String, Metric>();
        for (var metric : Metric.values()) {
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

    private static Stream<Map<?, ?>> groups() {
        Map<?, ?> file = new Yaml().load(read(FOLDER.resolve("alerts.yml")));
        return list(file, "groups").stream().map(group -> (Map<?, ?>) group);
    }

    private static List<?> list(Map<?, ?> of, String key) {
        return (List<?>) Objects.requireNonNull(of.get(key), key);
    }

    private static Map<?, ?> map(Map<?, ?> of, String key) {
        return (Map<?, ?>) Objects.requireNonNull(of.get(key), key);
    }

    private static String text(Map<?, ?> of, String key) {
        return (String) Objects.requireNonNull(of.get(key), key);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
