package dev.backfleet.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.standalone.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in a real bash, with a program in the place of backfleet that prints names of jobs. */
class CompletionTest {
    @TempDir
    Path directory;

    @BeforeEach
    void aScriptAndAProgram() throws IOException {
        var out = new StringWriter();
        var commands = Main.commandLine("completion");
        commands.picocli().setOut(new PrintWriter(out, true));
        assertThat(commands.execute("completion")).isZero();
        Files.writeString(directory.resolve("completion.bash"), out.toString());
        program("echo \"$@\" >>" + directory.resolve("calls") + "; printf 'split-names\\nsplit-keys\\nother\\n$(touch "
                + directory.resolve("evil") + ")\\n'");
    }

    private void program(String does) throws IOException {
        var program = Files.writeString(directory.resolve("backfleet"), "#!/bin/sh\n" + does + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    // Outside of a completion, bash has no options of one to change.
    private List<String> complete(String... words) throws IOException, InterruptedException {
        var quoted = new StringBuilder(directory.resolve("backfleet").toString());
        for (var word : words) {
            quoted.append(" '").append(word).append("'");
        }
        var process = new ProcessBuilder(
                        "bash",
                        "--norc",
                        "-c",
                        "compopt() { :; }; source " + directory.resolve("completion.bash") + "; COMP_WORDS=(" + quoted
                                + "); COMP_CWORD="
                                + words.length
                                + "; _backfleet_with_job_names backfleet; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void names_of_jobs_are_offered_where_a_command_takes_one() throws Exception {
        assertThat(complete("status", "split")).containsExactly("split-names", "split-keys");
        assertThat(complete("pause", "o")).containsExactly("other");
        assertThat(complete("shards", "--limit", "5", "split-n")).containsExactly("split-names");
        assertThat(complete("cancel", "--no-wait", "o")).containsExactly("other");
    }

    @Test
    void they_are_not_offered_elsewhere() throws Exception {
        assertThat(complete("contexts", "spl")).isEmpty();
        assertThat(complete("shards", "--limit", "spl")).isEmpty();
        assertThat(complete("stat")).containsExactly("status");
        assertThat(complete("status", "--outp")).containsExactly("--output");
        assertThat(directory.resolve("calls")).doesNotExist();
    }

    @Test
    void the_fleet_of_the_line_is_asked() throws Exception {
        complete("status", "--context", "night", "s");
        assertThat(directory.resolve("calls")).hasContent("job-names --context night\n");
    }

    @Test
    void a_name_is_never_run_and_a_failure_is_silent() throws Exception {
        complete("status", "$");
        assertThat(directory.resolve("evil")).doesNotExist();
        program("echo 'backfleet: cannot connect' >&2; exit 3");
        assertThat(complete("status", "split")).isEmpty();
    }
}
