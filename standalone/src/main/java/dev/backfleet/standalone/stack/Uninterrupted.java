package dev.backfleet.standalone.stack;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs what must come to its end even if the thread that wants it is interrupted before or meanwhile. */
final class Uninterrupted {

    private Uninterrupted() {}

    /**
     * Runs the work on a thread of its own and waits for it; rethrows its exception; an interrupt is kept for later.
     */
    static void run(String name, Runnable work) {
        var failure = new AtomicReference<@Nullable RuntimeException>();
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        failure.set(e);
                    }
                },
                name);
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        var thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
    }
}
