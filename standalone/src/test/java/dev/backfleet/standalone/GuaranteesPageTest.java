package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that promise something name tests that exist. */
class GuaranteesPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+Test)\\.([a-z0-9_]+)`");

    @ParameterizedTest
    @ValueSource(strings = {"guarantees.md", "threat-model.md"})
    void every_test_that_the_page_names_exists(String name) throws IOException {
        var page = Files.readString(ROOT.resolve("docs").resolve(name));
        var named = NAMED.matcher(page).results().toList();
        assertThat(named).isNotEmpty();
        for (var test : named) {
            assertThat(source(test.group(1))).as(test.group()).contains(" " + test.group(2) + "(");
        }
    }

    private static String source(String testClass) throws IOException {
        try (var files = Files.walk(ROOT)) {
            var file = files.filter(path -> path.endsWith(testClass + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no test class " + testClass));
            return Files.readString(file);
        }
    }
}
