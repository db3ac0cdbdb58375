package dev.backfleet.standalone.process;

import dev.backfleet.embedded.process.ChildJvm;
import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.LogTail;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One coordinator or worker as a child process, with all that can be done to it. Safe for use by several threads. */
public final class FleetProcess {

    /** What the exit code of a process that was ended by a signal is above. */
    private static final int SIGNALS = 128;

    private final String name;
    private final Path log;
    private final long mark;
    private final Process process;
    private volatile boolean meantToEnd;

    private FleetProcess(Launch launch, long mark, Process process) {
        this.name = launch.name();
        this.log = launch.log();
        this.mark = mark;
        this.process = process;
    }

    /**
     * Starts it; it is not ready yet.
     *
     * @param lost is called if the process ends unexpectedly
     */
    public static FleetProcess start(Launch launch, Consumer<FleetProcess> lost) {
        long mark = LogTail.mark(launch.log());
        var builder = new ProcessBuilder(launch.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        builder.environment().put("CLASSPATH", ChildJvm.classPath());
        // Else each thread of the JVM may keep a heap of the C library's for itself.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        try {
            var child = new FleetProcess(launch, mark, builder.start());
            var unused = child.process.onExit().thenRun(() -> child.ended(lost));
            return child;
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot start a JVM for " + launch.name(), e);
        }
    }

    /** What people call it: for a worker or a coordinator its id in the fleet. */
    public String name() {
        return name;
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs, be it frozen. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The file with its output. */
    public Path log() {
        return log;
    }

    /** The last lines of its output. */
    public String logTail() {
        return LogTail.since(log, mark);
    }

    /** Ends it with SIGKILL. */
    public void kill() {
        meantToEnd = true;
        process.destroyForcibly();
        Command.awaitExit(process);
    }

    /** Freezes it with SIGSTOP. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on with SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** Asks it to end with SIGTERM, and returns at once. */
    public void askToEnd() {
        meantToEnd = true;
        // Not Process.destroy, which closes the child's input as well: the child would take that for its parent's
        // death.
        process.toHandle().destroy();
        // A frozen process would receive the signal only when it is resumed.
        signal("CONT");
    }

    /** Waits for its end; kills it after the timeout. Returns the exit code. */
    public int awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
        return Command.awaitExit(process);
    }

    /** Whether this process ended it, or asked it to end. */
    public boolean wasEnded() {
        return meantToEnd;
    }

    /** How it has ended, in words. */
    public String end() {
        if (process.isAlive()) {
            return "has not ended";
        }
        var code = process.exitValue();
        return code > SIGNALS
                ? "was ended by signal " + (code - SIGNALS)
                : "has ended by itself with exit code " + code;
    }

    private void ended(Consumer<FleetProcess> lost) {
        if (!meantToEnd) {
            lost.accept(this);
        }
    }

    private void signal(String name) {
        if (process.isAlive()) {
            Command.run(List.of("/bin/sh", "-c", "kill -\"$1\" \"$2\"", "sh", name, Long.toString(pid())));
        }
    }
}
