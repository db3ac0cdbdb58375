package dev.backfleet.common.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns SIGTERM and Ctrl-C into a value that a service waits for, so that it can finish its work and choose its exit
 * code. Otherwise the JVM exits by itself, with 143 or 130. A second signal ends the process at once.
 */
public final class StopSignal {

    private final CompletableFuture<ExitCode> received = new CompletableFuture<>();

    private StopSignal() {}

    /** Catches the signals from now on. */
    public static StopSignal install() {
        var stop = new StopSignal();
        Signals.handle("TERM", () -> stop.receive(ExitCode.DONE));
        Signals.handle("INT", () -> stop.receive(ExitCode.INTERRUPTED));
        return stop;
    }

    /** Waits for a signal: {@link ExitCode#DONE} after SIGTERM, {@link ExitCode#INTERRUPTED} after Ctrl-C. */
    public ExitCode await() throws InterruptedException {
        try {
            return received.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed exceptionally", e);
        }
    }

    /** Completes with the exit code of the first signal. */
    public CompletableFuture<ExitCode> received() {
        return received;
    }

    /**
     * Waits for a signal for a while; whether it came.
     *
     * @param received as {@link #received}
     */
    public static boolean comesWithin(CompletableFuture<ExitCode> received, Duration patience)
            throws InterruptedException {
        try {
            received.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed exceptionally", e);
        }
    }

    private void receive(ExitCode meaning) {
        if (!received.complete(meaning)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
    }
}
