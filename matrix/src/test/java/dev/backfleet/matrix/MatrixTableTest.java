package dev.backfleet.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every version ran, and no test failed on any; the table of the page says what ran. */
class MatrixTableTest {
    private static final List<String> POSTGRES = List.of("13", "14", "15", "16", "17", "18");
    private static final List<String> KAFKA = List.of("3.9", "4.0", "4.2", "4.3");
    private static final String BEGIN =
            "<!-- The table is written by 'mvn -Pmatrix verify -Dbackfleet.regenerate=true'. -->\n";
    private static final String END = "<!-- The end of the table. -->\n";

    @Test
    void every_version_ran_without_a_failure() throws Exception {
        var reports = Path.of(System.getProperty("backfleet.matrix.reports"));
        var runs = new LinkedHashMap<String, MatrixRun>();
        for (var version : POSTGRES) {
            runs.put("PostgreSQL " + version, MatrixRun.read(reports.resolve("postgres-" + version)));
        }
        for (var version : KAFKA) {
            runs.put("Kafka " + version, MatrixRun.read(reports.resolve("kafka-" + version)));
        }
        Files.writeString(reports.resolve("table.md"), table(runs));
        assertThat(runs).allSatisfy((version, run) -> {
            assertThat(run.failed()).as("failed on %s", version).isEmpty();
            assertThat(run.classes()).as("classes of tests on %s", version).isGreaterThan(5);
        });
        if (Boolean.getBoolean("backfleet.regenerate")) {
            replace(Path.of("..", "docs", "supported-versions.md"), table(runs));
        }
    }

    private static String table(Map<String, MatrixRun> runs) {
        var text = new StringBuilder("Run on " + LocalDate.now(ZoneOffset.UTC) + ", on "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", Java "
                + System.getProperty("java.version") + ":\n\n");
        text.append("| version | the server | tests | failed | skipped |\n|---|---|---:|---:|---:|\n");
        runs.forEach((version, run) -> text.append("| %s | %s | %d | %d | %d |\n"
                .formatted(version, run.server(), run.tests(), run.failed().size(), run.skipped())));
        return text.append("\n").toString();
    }

    private static void replace(Path page, String table) throws Exception {
        var old = Files.readString(page);
        var section = Pattern.compile(Pattern.quote(BEGIN) + ".*" + Pattern.quote(END), Pattern.DOTALL)
                .matcher(old);
        assertThat(section.find()).as("the page has a place for the table").isTrue();
        Files.writeString(page, old.substring(0, section.start()) + BEGIN + table + END + old.substring(section.end()));
    }
}
