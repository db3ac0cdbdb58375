package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.metric.DutyName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Alerts, their tests, runbooks and metrics belong together. */
class AlertsTest {
    private static final Path FOLDER = Path.of("prometheus");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks");

    /** Where runbooks are read; each operator has another address. */
    private static final String BASE = "https://backfleet.example/docs/runbooks/";

    private static final List<String> TESTS = List.of("alerts.test.yml", "alerts-slow.test.yml");
    private static final List<String> CHAPTERS =
            List.of("## What it means", "## What is at risk", "## Look", "## Do", "## Whom to call");

    static Stream<Map<?, ?>> rules() {
        return groups().flatMap(group -> list(group, "rules").stream().map(rule -> (Map<?, ?>) rule));
    }

    static Stream<Map<?, ?>> alerts() {
        return rules().filter(rule -> rule.containsKey("alert"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_rule_is_about_metrics_and_labels_that_exist(Map<?, ?> rule) {
        var records =
                rules().flatMap(other -> Stream.ofNullable(other.get("record"))).toList();
        Expressions.assertKnown(text(rule, "expr"), records);
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
        var address = text(annotations, "runbook_url");
        assertThat(address).startsWith(BASE);
        var book = address.substring(BASE.length());
        assertThat(RUNBOOKS.resolve(book)).exists();
        assertThat(read(RUNBOOKS.resolve(book)).lines().filter(line -> line.startsWith("Alerts: ")))
                .singleElement()
                .asString()
                .contains("`" + name + "`");
        assertThat(read(RUNBOOKS.resolve("README.md")))
                .contains("| " + text(map(alert, "labels"), "severity") + " | `" + name + "` | ")
                .contains("(" + book + ")");
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
                assertThat(Expressions.names(text)).as(book.toString()).allMatch(Expressions::isPublished);
            }
        }
    }

    @Test
    void the_alert_about_late_duties_names_all_that_are_short() {
        var late = alerts().filter(alert -> text(alert, "alert").equals("BackfleetDutyLate"))
                .map(alert -> text(alert, "expr"))
                .findFirst()
                .orElseThrow();
        assertThat(late)
                .contains(Arrays.stream(DutyName.values())
                        .filter(DutyName::isShort)
                        .map(DutyName::text)
                        .collect(Collectors.joining("|", "duty=~\"", "\"")));
    }

    @Test
    void one_command_says_where_the_runbooks_are_read(@TempDir Path copy) throws Exception {
        var rule = Path.of("kubernetes/components/prometheus/prometheus-rule.yaml");
        var files = List.of(
                Path.of("prometheus/alerts.yml"),
                Path.of("prometheus/alerts.test.yml"),
                Path.of("prometheus/alerts-slow.test.yml"),
                Path.of("prometheus/set-runbook-base"),
                rule);
        for (var file : files) {
            Files.createDirectories(copy.resolve(file).getParent());
            Files.copy(file, copy.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        assertThat(set(copy, "docs/runbooks")).isEqualTo(2);
        assertThat(Files.readString(copy.resolve(rule))).isEqualTo(read(rule));
        assertThat(set(copy, "http://first.example/a/")).isZero();
        assertThat(set(copy, "https://git.example/b?x=%20")).isZero();
        for (var file : List.of(files.get(0), files.get(1), files.get(2), rule)) {
            assertThat(Files.readString(copy.resolve(file)))
                    .isEqualTo(read(file).replace(BASE, "https://git.example/b?x=%20/"));
        }
    }

    private static int set(Path copy, String base) throws Exception {
        return new ProcessBuilder(copy.resolve("prometheus/set-runbook-base").toString(), base)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void prometheus_accepts_the_rules_and_they_fire_where_they_should() throws Exception {
        assertThat(Promtool.run(FOLDER, "check", "config", "prometheus.yml")).contains("SUCCESS", "alerts.yml");
        var arguments = new ArrayList<>(List.of("test", "rules"));
        arguments.addAll(TESTS);
        Promtool.run(FOLDER, arguments.toArray(String[]::new));
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
