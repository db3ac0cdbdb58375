package dev.backfleet.standalone.failpoint;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Puts something around one method of an interface, and leaves the others as they are. */
final class Around {
    private Around() {}

    /**
     * Decorates it.
     *
     * @param before is run before the method
     * @param after receives the result
     */
    static <T> T method(Class<T> type, T inner, String method, Runnable before, Consumer<@Nullable Object> after) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    var ours = called.getName().equals(method);
                    if (ours) {
                        before.run();
                    }
                    try {
                        var result = called.invoke(inner, arguments);
                        if (ours) {
                            after.accept(result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Halts shortly afterwards, whatever this thread does then. */
    static void haltSoon(Failpoint point, int millis) {
        if (point.isDue()) {
            var thread = new Thread(
                    () -> {
                        try {
                            TimeUnit.MILLISECONDS.sleep(millis);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        point.halt();
                    },
                    "halt");
            thread.start();
        }
    }

    /** Passes the point if a result is one. */
    static Consumer<@Nullable Object> passing(Failpoint point, Predicate<@Nullable Object> isOne) {
        return result -> {
            if (isOne.test(result)) {
                point.pass();
            }
        };
    }
}
