package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.management.Management;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.ManagementSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard asks Prometheus for what is published, in expressions that it accepts. */
class DashboardTest {
    private static final Path FILE = Path.of("grafana/backfleet.json");
    private static final Pattern OF_THE_JVM = Pattern.compile("\\b(?:jvm|process|system)_[a-z_]+");
    private static final int COLUMNS = 24;

    private final JsonNode dashboard = read();

    @TempDir
    private Path folder;

    @Test
    void each_expression_is_about_metrics_and_labels_that_exist() {
        assertThat(expressions()).hasSizeGreaterThan(40).allSatisfy(expression -> {
            assertThat(expression).matches(".*\\b(?:backfleet|jvm|process)_.*");
            if (!Expressions.names(expression).isEmpty()) {
                Expressions.assertKnown(expression, List.of());
            }
        });
    }

    @Test
    void prometheus_accepts_each_expression() throws Exception {
        var rules = IntStream.range(0, expressions().size())
                .mapToObj(i -> "  - record: panel:" + i + "\n    expr: >-\n      "
                        + expressions().get(i).replaceAll("\\$[a-z]+", ".*") + "\n")
                .collect(Collectors.joining("", "groups:\n- name: panels\n  rules:\n", ""));
        Files.writeString(folder.resolve("panels.yml"), rules);
        assertThat(Promtool.run(folder, "check", "rules", "panels.yml"))
                .contains("SUCCESS: " + expressions().size() + " rules found");
    }

    @Test
    void what_it_shows_of_the_jvm_is_published() throws Exception {
        var any = new ManagementSettings(new ListenAddress("127.0.0.1", 0), true);
        try (var management = Management.open(any, "1.2.3", "4f2c")) {
            var address = URI.create("http://127.0.0.1:" + management.port() + "/metrics");
            var published = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
            var used = expressions().stream()
                    .flatMap(expression -> OF_THE_JVM.matcher(expression).results())
                    .map(name -> name.group())
                    .toList();
            assertThat(used).isNotEmpty().allSatisfy(name -> assertThat(published)
                    .contains("\n" + name));
        }
    }

    @Test
    void each_panel_says_what_to_conclude() {
        assertThat(panels().map(panel -> panel.path("id").asInt())).doesNotHaveDuplicates();
        assertThat(panels().filter(panel -> !isRow(panel))).isNotEmpty().allSatisfy(panel -> assertThat(
                        panel.path("description").asText())
                .as(panel.path("title").asText())
                .endsWith("."));
    }

    @Test
    void each_panel_has_a_place_of_its_own() {
        assertPlaces(stream(dashboard.path("panels")));
        panels().filter(DashboardTest::isRow).forEach(row -> assertPlaces(stream(row.path("panels"))));
    }

    private static void assertPlaces(Stream<JsonNode> panels) {
        var taken = new HashSet<String>();
        panels.forEach(panel -> {
            var place = panel.path("gridPos");
            var right = place.path("x").asInt() + place.path("w").asInt();
            var bottom = place.path("y").asInt() + place.path("h").asInt();
            assertThat(right).isLessThanOrEqualTo(COLUMNS);
            for (var x = place.path("x").asInt(); x < right; x++) {
                for (var y = place.path("y").asInt(); y < bottom; y++) {
                    assertThat(taken.add(x + " " + y))
                            .as("the place of " + panel.path("title").asText() + " is free")
                            .isTrue();
                }
            }
        });
    }

    private static boolean isRow(JsonNode panel) {
        return panel.path("type").asText().equals("row");
    }

    private List<String> expressions() {
        return panels().flatMap(panel -> stream(panel.path("targets")))
                .map(target -> target.path("expr").asText())
                .toList();
    }

    /** Those of folded rows too. */
    private Stream<JsonNode> panels() {
        return stream(dashboard.path("panels"))
                .flatMap(panel -> Stream.concat(Stream.of(panel), stream(panel.path("panels"))));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return IntStream.range(0, array.size()).mapToObj(array::get);
    }

    private static JsonNode read() {
        try {
            return new ObjectMapper().readTree(FILE.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
