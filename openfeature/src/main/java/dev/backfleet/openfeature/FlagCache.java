package dev.backfleet.openfeature;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The flags that are evaluated, and what an application is told when they change. It keeps the last answer for as long as there is no
 * other: both shapes of the table are kept up, so a tenant may go on reading the one that it reads.
 */
final class FlagCache {
    private final FlagSource source;
    private final LongSupplier nanos;
    private final long staleNanos;

    private volatile @Nullable Map<String, Flag> flags;
    private volatile long answeredAt;
    private boolean stale;

    /**
     * An empty one.
     *
     * @param nanos a clock that never goes back
     * @param staleAfter without an answer
     */
    FlagCache(FlagSource source, LongSupplier nanos, Duration staleAfter) {
        this.source = source;
        this.nanos = nanos;
        this.staleNanos = staleAfter.toNanos();
        this.answeredAt = nanos.getAsLong();
    }

    /** The last answer; null: there was none yet. */
    @Nullable
    Map<String, Flag> flags() {
        return flags;
    }

    /**
     * Reads once. Only one thread may call it.
     *
     * @return what to tell the application
     * @throws FlagSourceException if there is no answer; the last one is kept
     */
    List<Change> poll() throws FlagSourceException {
        var before = flags;
        // What the answer says was true when it was asked for.
        var asked = nanos.getAsLong();
        var now = source.read(before == null ? Map.of() : before);
        synchronized (this) {
            flags = now;
            answeredAt = asked;
            var changes = new ArrayList<Change>();
            if (before == null || stale) {
                stale = false;
                changes.add(Change.ready());
            }
            if (before != null) {
                var names = changed(before, now);
                if (!names.isEmpty()) {
                    changes.add(Change.of(names));
                }
            }
            return changes;
        }
    }

    /** Whether the last answer has just become too old; true once, until there is another. */
    synchronized boolean becomesStale() {
        if (stale || nanos.getAsLong() - answeredAt < staleNanos) {
            return false;
        }
        stale = true;
        return true;
    }

    private static List<String> changed(Map<String, Flag> before, Map<String, Flag> now) {
        var names = new TreeSet<String>(now.keySet());
        names.addAll(before.keySet());
        names.removeIf(name -> {
            var old = before.get(name);
            var current = now.get(name);
            return old != null && current != null && !current.differsFrom(old);
        });
        return List.copyOf(names);
    }

    /** What to tell the application. */
    static final class Change {
        private final List<String> flags;

        private Change(List<String> flags) {
            this.flags = flags;
        }

        static Change ready() {
            return new Change(List.of());
        }

        static Change of(List<String> flags) {
            return new Change(flags);
        }

        /** There is an answer again, or for the first time. */
        boolean isReady() {
            return flags.isEmpty();
        }

        /** The names of flags that have changed. */
        List<String> flags() {
            return flags;
        }
    }
}
