package dev.backfleet.coordinator.migration.watch;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a cutover is watched and who takes its steps, in the order of the JSON output; names and order are an interface.
 *
 * @param promote who takes the steps after the first one: {@code manual} or {@code auto}
 * @param soakSeconds how long a step must have been on before the next one
 * @param lookedAt when its signals were looked at last; null: never, or none is watched
 * @param problem what a person should know, as a clause; null: nothing
 * @param signals in the order of the file
 */
public record WatchStatus(
        String promote,
        long soakSeconds,
        @Nullable Instant lookedAt,
        @Nullable String problem,
        List<SignalStatus> signals) {
    public WatchStatus {
        signals = List.copyOf(signals);
    }

    /** The same without the figures of the last look. */
    public WatchStatus withoutFigures() {
        return new WatchStatus(
                promote,
                soakSeconds,
                null,
                // How long it is so already changes all the time.
                problem == null ? null : "a problem",
                signals.stream()
                        .map(signal -> new SignalStatus(
                                signal.signal(),
                                signal.thresholds(),
                                null,
                                null,
                                null,
                                null,
                                signal.level(),
                                signal.since(),
                                null))
                        .toList());
    }

    /** The same of a watch that has ended: what the last look found is left out. */
    WatchStatus ended(String note) {
        return new WatchStatus(
                promote,
                soakSeconds,
                lookedAt,
                problem,
                signals.stream()
                        .map(signal -> new SignalStatus(
                                signal.signal(), signal.thresholds(), null, null, null, null, null, null, note))
                        .toList());
    }

    /**
     * A signal. Values are in words, with units.
     *
     * @param thresholds as the file says
     * @param baseline what it was before the step that is on; before the first step, what it is until now; null: not known
     * @param value what it is; null: it could not be read, or nobody has looked yet
     * @param soft the value above which no step is taken; null: not known
     * @param hard the value from which reads are taken back; null: there is none, or it is not known
     * @param level in small letters; null: nobody has looked yet
     * @param since since when it has this level
     * @param note why it cannot be judged, or a remark; null: nothing
     */
    public record SignalStatus(
            String signal,
            String thresholds,
            @Nullable String baseline,
            @Nullable String value,
            @Nullable String soft,
            @Nullable String hard,
            @Nullable String level,
            @Nullable Instant since,
            @Nullable String note) {}
}
