package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of guarantees names tests that exist. */
class GuaranteesPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+Test)\\.([a-z0-9_]+)`");

    @Test
    void every_test_that_the_page_names_exists() throws IOException {
        var page = Files.readString(ROOT.resolve("docs/guarantees.md"));
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
