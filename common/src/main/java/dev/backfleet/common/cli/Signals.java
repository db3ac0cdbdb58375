package dev.backfleet.common.cli;

import java.lang.reflect.Proxy;

/** Handles signals of the operating system. */
public final class Signals {
    private Signals() {}

    /**
     * Runs the handler with each signal from now on, on a thread of the JVM's.
     *
     * @throws IllegalStateException if this JVM cannot catch it
     */
    public static void handle(String signal, Runnable handler) {
        try {
            // By reflection: the compiler warns of this class, and Java 17 has no replacement for it.
            var signals = Class.forName("sun.misc.Signal");
            var handlers = Class.forName("sun.misc.SignalHandler");
            var proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlers}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            handler.run();
                        }
                        return null;
                    });
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(signal), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "cannot catch SIG" + signal + ": start Java without -Xrs, with the module jdk.unsupported", e);
        }
    }
}
