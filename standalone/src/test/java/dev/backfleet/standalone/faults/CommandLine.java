package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.standalone.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The commands that a person would give. */
public final class CommandLine {
    private final List<String> flags;
    private final Path folder;

    /**
     * Creates it.
     *
     * @param flags the connection flags of each command
     * @param folder where specs are written to
     */
    public CommandLine(List<String> flags, Path folder) {
        this.flags = flags;
        this.folder = folder;
    }

    /** Submits a job; {@code text} is its spec without the name. Its id. */
    public long submit(String name, String text) throws IOException {
        var spec = Files.writeString(folder.resolve(name + ".yaml"), "name: " + name + "\n" + text);
        // A test may use a name twice, and let two jobs change the same column.
        return Long.parseLong(
                run("submit", spec.toString(), "--again", "--force").strip());
    }

    /** Runs a command and gives what it printed. */
    public String run(String... arguments) {
        return tryRun(ExitCode.DONE, arguments).orElseThrow();
    }

    /** Runs a command that a job's end may come before; nothing if it did. */
    public Optional<String> runUnlessConflict(String command, String... arguments) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        return tryRun(ExitCode.CONFLICT, all.toArray(String[]::new));
    }

    /** Runs a command, whatever its exit code. */
    public Result result(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        return new Result(execute(List.of(arguments), out, err), out.toString(), err.toString());
    }

    /** Runs a command that may fail for any reason; whether it did not. */
    public boolean succeeds(String command, String... arguments) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        return execute(all, new StringWriter(), new StringWriter()) == ExitCode.DONE.code();
    }

    private Optional<String> tryRun(ExitCode tolerated, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var code = execute(List.of(arguments), out, err);
        assertThat(code).as("exit code; %s", err).isIn(ExitCode.DONE.code(), tolerated.code());
        return code == ExitCode.DONE.code() ? Optional.of(out.toString()) : Optional.empty();
    }

    private int execute(List<String> arguments, StringWriter out, StringWriter err) {
        var all = new ArrayList<>(arguments);
        all.addAll(flags);
        var commands = Main.commandLine(arguments.toArray(String[]::new));
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return commands.execute(all.toArray(String[]::new));
    }

    /** How a command ended, and what it printed. */
    public record Result(int code, String out, String err) {}
}
