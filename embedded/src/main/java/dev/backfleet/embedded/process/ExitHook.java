package dev.backfleet.embedded.process;

/** Closes a server when the JVM ends by itself or by a signal, unless it was closed before. */
public final class ExitHook {

    private final Thread thread;

    private ExitHook(Thread thread) {
        this.thread = thread;
    }

    /** Registers the closing of a server. */
    public static ExitHook register(String server, Runnable close) {
        var hook = new ExitHook(new Thread(close, "close-" + server));
        Runtime.getRuntime().addShutdownHook(hook.thread);
        return hook;
    }

    /** Forgets the server. */
    public void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, finds the server closed, and does nothing.
        }
    }
}
