package dev.backfleet.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs short programs to their end. */
public final class Command {

    private Command() {}

    /**
     * The output and exit code of a program.
     *
     * @param exit the exit code
     * @param output what it wrote to its standard output and error
     */
    public record Result(int exit, String output) {

        /** Whether the exit code is 0. */
        public boolean succeeded() {
            return exit == 0;
        }
    }

    /** Runs a program that ends by itself. Not interruptible: an interrupted start or stop would leave orphans. */
    public static Result run(List<String> words) {
        try {
            var process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(awaitExit(process), output.strip());
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()));
        }
    }

    /** Waits until the process has ended; an interrupt is kept for later. */
    public static int awaitExit(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
