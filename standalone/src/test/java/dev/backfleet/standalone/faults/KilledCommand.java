package dev.backfleet.standalone.faults;

import dev.backfleet.embedded.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command in a process of its own, so that it can be killed. */
public final class KilledCommand implements AutoCloseable {
    private final Process process;
    private final Path output;

    /**
     * Starts it.
     *
     * @param flags the connection flags of each command
     * @param output where its output goes
     */
    public KilledCommand(List<String> flags, Path output, String... arguments) throws IOException {
        this.output = output;
        var command = new ArrayList<>(List.of(ChildJvm.java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(ChildJvm.options());
        command.add("dev.backfleet.standalone.Main");
        command.addAll(List.of(arguments));
        command.addAll(flags);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("CLASSPATH", ChildJvm.classPath());
        process = builder.start();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    /** SIGKILL. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
