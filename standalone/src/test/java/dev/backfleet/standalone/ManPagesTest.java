package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command has a manual page, which says what its help says. */
class ManPagesTest {
    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    private int write(Path where) {
        var commands = Main.commandLine("man-pages");
        commands.picocli().setErr(new PrintWriter(err, true));
        return commands.execute("man-pages", where.toString());
    }

    @Test
    void a_page_is_written_for_each_command_that_the_help_lists() throws IOException {
        assertThat(write(folder.resolve("man1"))).as(err.toString()).isZero();
        try (var files = Files.list(folder.resolve("man1"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains(
                            "backfleet.1",
                            "backfleet-status.1",
                            "backfleet-worker.1",
                            "backfleet-demo.1",
                            "backfleet-migration-apply.1")
                    .doesNotContain("backfleet-job-names.1", "backfleet-man-pages.1")
                    .hasSizeGreaterThan(30);
        }
        var page = Files.readString(folder.resolve("man1/backfleet-audit.1"));
        assertThat(page)
                .startsWith(".TH \"BACKFLEET-AUDIT\" \"1\"")
                .contains("\n.SH NAME\nbackfleet\\-audit \\- Show who has changed what")
                .contains("\n.TP\n\\fB\\-\\-anchor HASH\\fR\n")
                .contains("\n.SH EXAMPLES\n.nf\nbackfleet audit split\\-names\n");
        // A line that begins with a dot is a request: none that groff does not know.
        assertThat(page.lines().filter(line -> line.startsWith(".")))
                .allMatch(line -> line.matches("\\.(TH|SH|TP|nf|fi)( .*)?"));
    }

    @Test
    void a_folder_that_cannot_be_made_is_told() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        assertThat(write(file.resolve("man1"))).isEqualTo(2);
        assertThat(err.toString()).contains("cannot write to " + file.resolve("man1"));
    }
}
