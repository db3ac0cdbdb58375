package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SQLSTATEs are written in {@code common.error} alone, so that no other class judges an error by a code of its own. */
class SqlStateLiteralsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path ALLOWED = Path.of("dev", "backfleet", "common", "error");

    // The classes of PostgreSQL's appendix A, alone or with three more characters. "20" is left out: it is rather a
    // number.
    private static final Pattern LITERAL = Pattern.compile(
            "\"(?:0[0-3089ABFLPZ]|2[1-8BDF]|3[489BDF]|4[024]|5[34578]|72|F0|HV|P0|XX)" + "(?:[0-9A-Z]{3})?\"");

    @Test
    void main_code_names_sqlstates_by_the_constants_of_common_error() throws IOException {
        var found = new ArrayList<String>();
        for (var module : List.of("common", "coordinator", "worker", "standalone")) {
            for (var source : sources(ROOT.resolve(module).resolve("src/main/java"))) {
                if (!source.toString().contains(ALLOWED.toString())) {
                    found.addAll(literals(source, Files.readString(source)));
                }
            }
        }
        assertThat(found).as("use SqlStateCodes").isEmpty();
    }

    @Test
    void a_code_and_a_class_of_codes_are_found_and_numbers_are_not() {
        var text = "code.equals(\"42P01\"), code.startsWith(\"08\"), \"50000\", \"10000\", \"32\", \"55P03 or so\"";
        assertThat(literals(Path.of("X.java"), text)).containsExactly("X.java: \"42P01\"", "X.java: \"08\"");
    }

    private static List<String> literals(Path source, String text) {
        return LITERAL.matcher(text)
                .results()
                .map(literal -> source.getFileName() + ": " + literal.group())
                .toList();
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            var sources =
                    files.filter(path -> path.toString().endsWith(".java")).toList();
            assertThat(sources).as(folder.toString()).isNotEmpty();
            return sources;
        }
    }
}
