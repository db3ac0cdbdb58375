package dev.backfleet.coordinator.migration.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.failure.ExplainedFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a directory stays unless somebody says otherwise, and a file is complete or not there. */
class ExportDirectoryTest {
    private static final ExportedFile FIRST =
            new ExportedFile("before/a.sql", "-- " + ExportedStep.mark("m") + "\nselect 1;\n");
    private static final ExportedFile SECOND =
            new ExportedFile("after/b.sql", "-- " + ExportedStep.mark("m") + "\nselect 2;\n");

    @TempDir
    private Path directory;

    @Test
    void files_are_written_to_a_directory_that_is_made() throws IOException {
        new ExportDirectory(directory.resolve("new/one"), "m").write(List.of(FIRST, SECOND), false);
        assertThat(Files.readString(directory.resolve("new/one/before/a.sql"))).isEqualTo(FIRST.text());
        assertThat(files()).containsExactlyInAnyOrder("new/one/before/a.sql", "new/one/after/b.sql");
    }

    @Test
    void a_file_that_is_there_is_not_replaced() throws IOException {
        Files.createDirectories(directory.resolve("after"));
        Files.writeString(directory.resolve("after/b.sql"), "of somebody");
        assertThatThrownBy(() -> new ExportDirectory(directory, "m").write(List.of(FIRST, SECOND), false))
                .isInstanceOf(ExplainedFailure.class)
                .hasMessage(directory.resolve("after/b.sql")
                        + " exists already: give another directory, or --force to replace such files");
        assertThat(files()).containsExactly("after/b.sql");
        assertThat(Files.readString(directory.resolve("after/b.sql"))).isEqualTo("of somebody");
    }

    @Test
    void a_second_export_is_not_mixed_with_the_first() throws IOException {
        var to = new ExportDirectory(directory, "m");
        to.write(List.of(FIRST, SECOND), false);
        Files.writeString(directory.resolve("after/own.sql"), "of somebody");
        var later = new ExportedFile("before/c.sql", FIRST.text());
        assertThatThrownBy(() -> to.write(List.of(later), false)).hasMessageContaining("is of a former export of m");
        new ExportDirectory(directory, "other").write(List.of(new ExportedFile("d.sql", "select")), false);

        to.write(List.of(later, SECOND), true);
        assertThat(files()).containsExactlyInAnyOrder("before/c.sql", "after/b.sql", "after/own.sql", "d.sql");
    }

    @Test
    void if_one_file_cannot_be_written_none_is() throws IOException {
        Files.writeString(directory.resolve("after"), "a file where a directory is to be");
        assertThatThrownBy(() -> new ExportDirectory(directory, "m").write(List.of(FIRST, SECOND), true))
                .isInstanceOf(ExplainedFailure.class)
                .hasMessageContaining("cannot write to " + directory);
        assertThat(files()).containsExactly("after");
    }

    @Test
    void if_one_file_cannot_be_put_in_its_place_none_is_there() throws IOException {
        Files.createDirectories(directory.resolve("after/b.sql/full"));
        assertThatThrownBy(() -> new ExportDirectory(directory, "m").write(List.of(FIRST, SECOND), true))
                .isInstanceOf(ExplainedFailure.class);
        assertThat(files()).isEmpty();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .toList();
        }
    }
}
