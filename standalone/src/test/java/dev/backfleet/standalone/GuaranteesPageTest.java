package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that promise something name tests that exist. */
class GuaranteesPageTest {
    private static final Path ROOT = Path.of("..");
    private static final String TESTS = "src/test/java";
    private static final Map<String, String> SOURCES = sources();
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+Test)\\.([a-z0-9_]+)`");

    private static final Pattern PROMISE = Pattern.compile("(?m)^(?=\\d+\\. \\*\\*)");
    private static final String LONG = "@Tag(\"long\")";

    private static final Pattern EXTENDS = Pattern.compile("@Nested\\s+class \\w+ extends (\\w+) \\{}");

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

    /** At least half of those that the page names, and one in any case: the others run with {@code -Pchaos} only. */
    @Test
    void every_promise_has_tests_that_every_build_runs() throws IOException {
        var page = Files.readString(ROOT.resolve("docs").resolve("guarantees.md"));
        var promises = PROMISE.split(page.substring(page.indexOf("## What is guaranteed")));
        assertThat(promises).hasSizeGreaterThan(30);
        for (var promise : Arrays.copyOfRange(promises, 1, promises.length)) {
            var tests = NAMED.matcher(promise).results().toList();
            assertThat(tests)
                    .as(promise)
                    .filteredOn(test -> !isLong(source(test.group(1)), test.group(2)))
                    .hasSizeGreaterThanOrEqualTo(Math.max(1, tests.size() / 2));
        }
    }

    private static boolean isLong(String source, String method) {
        if (source.contains("\n" + LONG)) {
            return true;
        }
        var declaration = source.indexOf(" " + method + "(");
        var annotations = source.lastIndexOf("\n\n", declaration);
        return source.substring(annotations, declaration).contains(LONG);
    }

    /** By itself it has no tag that the build runs. */
    @Test
    void each_class_that_is_tagged_staged_is_run_by_a_class_that_is_tagged_server() throws IOException {
        var run = SOURCES.values().stream()
                .filter(source -> source.contains("@Tag(\"server\")"))
                .flatMap(source -> EXTENDS.matcher(source).results().map(match -> match.group(1)))
                .toList();
        var staged = SOURCES.entrySet().stream()
                .filter(source -> source.getValue().contains("@Tag(\"staged\")\nclass"))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(staged).isNotEmpty();
        assertThat(run).containsAll(staged);
        // A nested class inherits the tag of the class that it extends, and has that of its outer class as well.
        assertThat(Files.readString(ROOT.resolve("pom.xml")))
                .contains("<excludedGroups>${test.excluded},${test.staged}</excludedGroups>")
                .contains("<test.staged>staged &amp; !server</test.staged>");
    }

    private static String source(String testClass) {
        var source = SOURCES.get(testClass);
        if (source == null) {
            throw new AssertionError("there is no test class " + testClass);
        }
        return source;
    }

    // By class; two modules may have one of a name. Once, and without what builds have made: the tree is large.
    private static Map<String, String> sources() {
        var found = new HashMap<String, String>();
        try (var modules = Files.newDirectoryStream(ROOT, path -> Files.isDirectory(path.resolve(TESTS)))) {
            for (var module : modules) {
                try (var files = Files.walk(module.resolve(TESTS))) {
                    for (var file : files.filter(path -> path.toString().endsWith("Test.java"))
                            .toList()) {
                        var name = String.valueOf(file.getFileName()).replace(".java", "");
                        found.merge(name, Files.readString(file), String::concat);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(found);
    }
}
