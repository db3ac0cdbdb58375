package dev.backfleet.benchmark.commands;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts commands over the launcher, as a person does, and takes the time from the start to the exit. */
public final class Launcher {
    /** The launcher tells the JVM where it is. */
    private static final String LAUNCHER = "backfleet.launcher";

    private final String path;
    private final List<String> flags;

    private Launcher(String path, List<String> flags) {
        this.path = path;
        this.flags = List.copyOf(flags);
    }

    /**
     * The launcher that has started this process.
     *
     * @param flags the connection flags of each command
     * @throws CommandException if this process was started without one
     */
    public static Launcher ofThisProcess(List<String> flags) {
        var path = System.getProperty(LAUNCHER);
        if (path == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "commands are measured over the launcher: start this with ./backfleet benchmark cli");
        }
        return new Launcher(path, flags);
    }

    /** Runs a command with the connection flags; how long it took. */
    public Duration run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(path));
        command.addAll(List.of(arguments));
        command.addAll(flags);
        return time(command);
    }

    /** Runs a command without connection flags; how long it took. */
    public Duration runAlone(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(path));
        command.addAll(List.of(arguments));
        return time(command);
    }

    /** Starts the JVM that commands are started with, without any of their code; how long it took. */
    public static Duration java() throws IOException, InterruptedException {
        return time(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version"));
    }

    private static Duration time(List<String> command) throws IOException, InterruptedException {
        var begun = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var code = process.waitFor();
        var took = Duration.ofNanos(System.nanoTime() - begun);
        if (code != 0) {
            throw new CommandException(ExitCode.INTERNAL_ERROR, String.join(" ", command) + " ended with " + code);
        }
        return took;
    }
}
