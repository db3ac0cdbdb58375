package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.StopSignal;

/**
 * Lets Ctrl-C and SIGTERM interrupt the work of a command that has started other processes, so that it ends them before
 * it exits itself. Exceptions after a signal are caused by the interruption and are ignored.
 */
final class Interruptible {

    private final Thread worker = Thread.currentThread();
    private boolean working = true;

    private Interruptible() {}

    /** Does the work on this thread; gives its exit code, or what the signal means. */
    static ExitCode run(Work work) throws Exception {
        return run(StopSignal.install(), work);
    }

    static ExitCode run(StopSignal signal, Work work) throws Exception {
        var interruptible = new Interruptible();
        var interrupting = signal.received().thenRun(interruptible::interrupt);
        try {
            var code = work.run();
            return signal.received().getNow(code);
        } catch (Exception e) {
            if (signal.received().isDone()) {
                return signal.received().join();
            }
            throw e;
        } finally {
            interrupting.cancel(false);
            interruptible.end();
        }
    }

    private synchronized void interrupt() {
        if (working) {
            worker.interrupt();
        }
    }

    private synchronized void end() {
        working = false;
        // The signal may have come after the work ended.
        Thread.interrupted();
    }

    /** What a command does. */
    @FunctionalInterface
    interface Work {
        /** Does it, and ends everything it has started when it is interrupted. */
        ExitCode run() throws Exception;
    }
}
