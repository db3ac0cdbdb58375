package dev.backfleet.common.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A page of the documents that is generated from code: a test fails when it is out of date, and says how to regenerate
 * it.
 */
public final class GeneratedPage {

    private GeneratedPage() {}

    /**
     * Fails unless the page matches the code; with {@code -Dbackfleet.regenerate=true} writes it.
     *
     * @param path relative to the project's root
     * @param expected the expected text
     */
    public static void assertCurrent(String path, String expected) {
        var page = root().resolve(path);
        try {
            if (Boolean.getBoolean("backfleet.regenerate")) {
                Files.createDirectories(page.getParent());
                Files.writeString(page, expected);
            }
            assertThat(Files.exists(page) ? Files.readString(page) : "")
                    .as(
                            "%s is stale: run mvn -pl common,standalone -am test -Dbackfleet.regenerate=true and commit it",
                            path)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tests of a module run in the module's directory. */
    private static Path root() {
        var directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve(".mvn"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no .mvn above the tests");
        }
        return directory;
    }
}
