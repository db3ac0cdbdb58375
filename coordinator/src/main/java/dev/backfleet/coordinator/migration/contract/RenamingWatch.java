package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.watch.WatchedSignal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the watch over a renaming has ended, in the order of the JSON output; names and order are an interface.
 *
 * @param seconds how long it has looked since the renaming
 * @param against the signal for which the old columns have got their names back; null: none
 * @param unreadable the signals that could not be judged at last, each in words
 */
public record RenamingWatch(End end, long seconds, @Nullable Against against, List<String> unreadable) {
    public RenamingWatch {
        unreadable = List.copyOf(unreadable);
    }

    /** Why it has ended. */
    public enum End {
        /** Its time is over, and no signal was at its hard threshold in two looks in a row. */
        CALM,
        /** One was: the old columns have their names back. */
        TAKEN_BACK,
        /** The command was interrupted: the renaming stays. */
        INTERRUPTED
    }

    /**
     * A signal that was at its hard threshold in two looks in a row. Values are in words, with units.
     *
     * @param baseline what it was before the renaming; null: not known
     * @param words the same as a clause
     */
    public record Against(
            String signal,
            String value,
            String threshold,
            @Nullable String baseline,
            String words) {
        static Against of(WatchedSignal signal) {
            var measure = signal.measure();
            return new Against(
                    signal.signal(),
                    shown(signal, signal.value()),
                    shown(signal, signal.hard()),
                    signal.baseline() == null ? null : measure.show(signal.baseline()),
                    signal.words());
        }

        private static String shown(WatchedSignal signal, @Nullable Double value) {
            return value == null ? "unknown" : signal.measure().show(value);
        }
    }
}
