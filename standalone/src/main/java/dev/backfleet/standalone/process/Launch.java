package dev.backfleet.standalone.process;

import dev.backfleet.embedded.process.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command line of a coordinator or worker, as an ordinary command in a JVM of its own.
 *
 * @param name its name
 * @param program the main class
 * @param arguments the command and its flags
 * @param environment its whole environment
 * @param log the file that its output is appended to
 */
public record Launch(String name, String program, List<String> arguments, Map<String, String> environment, Path log) {

    // Measured to keep a worker with four slots below 200 MB of resident memory.
    private static final List<String> JVM_FLAGS = List.of(
            "-Xmx128m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:MaxMetaspaceSize=96m",
            "-XX:ReservedCodeCacheSize=48m",
            "-XX:+ExitOnOutOfMemoryError",
            ParentWatch.FLAG);

    /** An ordinary command. */
    public Launch(String name, List<String> arguments, Map<String, String> environment, Path log) {
        this(name, FleetProgram.class.getName(), arguments, environment, log);
    }

    /** Copies the collections. */
    public Launch {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    // The shell makes the child ignore signals that a terminal sends to all processes in the foreground: the parent
    // decides when the child ends.
    List<String> command() {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh", ChildJvm.java()));
        command.addAll(JVM_FLAGS);
        command.addAll(ChildJvm.options());
        command.add(program);
        command.addAll(arguments);
        return command;
    }
}
