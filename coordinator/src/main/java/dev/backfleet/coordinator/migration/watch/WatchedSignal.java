package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.throttle.Measure;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A signal of a cutover, as the last look has found it. Values are in the unit of its measure.
 *
 * @param signal its name
 * @param soak what it was since the last step, for the baseline of the next one
 * @param baseline what it was before the step that is on; null: not known
 * @param value what it is; null: it could not be read
 * @param soft the threshold from which no step is taken; null: not known, since the baseline is not
 * @param hard the one from which reads are taken back; null: there is none, or it is not known
 * @param since since when it has its level
 * @param note why it cannot be read or judged, or a remark; null: nothing
 * @param strikes looks in a row at the hard threshold
 * @param struckAt the last of these; null: there was none
 */
public record WatchedSignal(
        String signal,
        Measure measure,
        Soak soak,
        @Nullable Double baseline,
        @Nullable Double value,
        @Nullable Double soft,
        @Nullable Double hard,
        SignalLevel level,
        Instant since,
        @Nullable String note,
        int strikes,
        @Nullable Instant struckAt) {

    /** A signal that was not looked at yet. */
    static WatchedSignal begun(String signal, Measure measure, Instant at) {
        return new WatchedSignal(
                signal, measure, Soak.EMPTY, null, null, null, null, SignalLevel.UNREADABLE, at, null, 0, null);
    }

    /** The same after a step: what it was until now is what the step is compared with. */
    WatchedSignal afterStep() {
        var before = soak.median();
        return new WatchedSignal(
                signal,
                measure,
                Soak.EMPTY,
                before.isPresent() ? Double.valueOf(before.getAsDouble()) : baseline,
                value,
                soft,
                hard,
                level,
                since,
                note,
                0,
                null);
    }

    /** The same while nobody reads the new shape: there is no step to compare with what was before. */
    WatchedSignal beforeSteps() {
        return new WatchedSignal(signal, measure, Soak.EMPTY, null, value, null, null, level, since, note, 0, null);
    }

    /** What a step is compared with, or will be. */
    @Nullable
    Double baselineOrSoFar(Reads reads) {
        var soFar = soak.median();
        return reads.on() ? baseline : soFar.isPresent() ? Double.valueOf(soFar.getAsDouble()) : null;
    }

    OptionalDouble knownBaseline() {
        return baseline == null ? OptionalDouble.empty() : OptionalDouble.of(baseline);
    }

    /** What was found, in words: {@code application-latency is 250ms, at its hard threshold 200ms, with a baseline of 100ms}. */
    public String words() {
        var now = value;
        if (now == null || level == SignalLevel.UNREADABLE) {
            return signal + " cannot be judged: " + note;
        }
        if (note != null) {
            return signal + ": " + note;
        }
        var limit = level == SignalLevel.HARD ? hard : soft;
        return signal + " is " + measure.show(now)
                + (limit == null || level == SignalLevel.CALM
                        ? ""
                        : level == SignalLevel.HARD
                                ? ", at its hard threshold " + measure.show(limit)
                                : ", above its soft threshold " + measure.show(limit))
                + (baseline == null ? "" : ", with a baseline of " + measure.show(baseline));
    }
}
