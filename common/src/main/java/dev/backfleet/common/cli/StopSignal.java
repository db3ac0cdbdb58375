package dev.backfleet.common.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

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
        stop.handle("TERM", ExitCode.DONE);
        stop.handle("INT", ExitCode.INTERRUPTED);
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

    private void handle(String signal, ExitCode meaning) {
        try {
            // By reflection: the compiler warns of this class, and Java 17 has no replacement for it.
            var signals = Class.forName("sun.misc.Signal");
            var handlers = Class.forName("sun.misc.SignalHandler");
            var handler = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            receive(meaning);
                        }
                        return null;
                    });
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "cannot catch SIG" + signal + ": start Java without -Xrs, with the module jdk.unsupported", e);
        }
    }

    private void receive(ExitCode meaning) {
        if (!received.complete(meaning)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
    }
}
