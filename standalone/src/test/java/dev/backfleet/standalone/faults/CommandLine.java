package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.standalone.Main;
import dev.backfleet.standalone.stack.LocalStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands that a person would give, and what follows from them. */
final class CommandLine {
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LocalStack stack;
    private final Path folder;

    CommandLine(LocalStack stack, Path folder) {
        this.stack = stack;
        this.folder = folder;
    }

    /** Submits a job that nothing holds back, however busy the machine; its id. */
    long submit(String name, String more) throws IOException {
        var spec = Files.writeString(folder.resolve(name + ".yaml"), """
                name: %s
                table: public.packages
                shard: { rows: 4000 }
                throttle: none
                %s
                """.formatted(name, more));
        return Long.parseLong(run("submit", spec.toString()).strip());
    }

    /** Runs a command and gives what it printed. */
    String run(String... arguments) {
        return tryRun(ExitCode.DONE, arguments).orElseThrow();
    }

    /** Runs a command that a job's end may come before; nothing if it did. */
    Optional<String> runUnlessConflict(String command, String... arguments) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        return tryRun(ExitCode.CONFLICT, all.toArray(String[]::new));
    }

    private Optional<String> tryRun(ExitCode tolerated, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(stack.flags());
        var out = new StringWriter();
        var err = new StringWriter();
        var commands = Main.commandLine();
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var code = commands.execute(all.toArray(String[]::new));
        assertThat(code).as("exit code; %s", err).isIn(ExitCode.DONE.code(), tolerated.code());
        return code == ExitCode.DONE.code() ? Optional.of(out.toString()) : Optional.empty();
    }

    void awaitState(Table table, long job, String state) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> table.texts(
                        "select state from backfleet.job where id = " + job)
                .contains(state));
    }
}
