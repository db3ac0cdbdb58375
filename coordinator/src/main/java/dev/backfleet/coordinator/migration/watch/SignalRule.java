package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.throttle.Sample;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How one value of a signal is judged: UNREADABLE if there is none, or nothing to compare it with; HARD from the hard threshold on; SOFT
 * above the soft one; otherwise CALM.
 *
 * @param baseline what the signal was before the step that is on; nothing: it is not known
 * @param on whether a step is on
 */
record SignalRule(Watched watched, OptionalDouble baseline, boolean on) {
    private static final double LEAST_PERCENT = 1;
    private static final double LEAST_SECONDS = 0.001;

    /** The rule with a baseline of at least a little: a multiple of what is hardly there says nothing. */
    static SignalRule of(Watched watched, OptionalDouble baseline, boolean on) {
        if (baseline.isEmpty()) {
            return new SignalRule(watched, baseline, on);
        }
        var least =
                switch (watched.measure()) {
                    case PERCENT -> Math.max(LEAST_PERCENT, baseline.getAsDouble());
                    case DURATION -> Math.max(LEAST_SECONDS, baseline.getAsDouble());
                    case NUMBER, BYTES, BYTES_PER_SECOND -> baseline.getAsDouble();
                };
        return new SignalRule(watched, OptionalDouble.of(least), on);
    }

    Judgement judge(Sample sample) {
        var value = sample.value();
        if (value == null) {
            return new Judgement(SignalLevel.UNREADABLE, sample.note() == null ? "it cannot be read" : sample.note());
        }
        var incomparable = incomparable();
        if (incomparable != null) {
            return new Judgement(SignalLevel.UNREADABLE, incomparable);
        }
        if (counts() && hard().isPresent() && value >= hard().getAsDouble()) {
            return new Judgement(SignalLevel.HARD, sample.note());
        }
        if (counts() && soft().isPresent() && value > soft().getAsDouble()) {
            return new Judgement(SignalLevel.SOFT, sample.note());
        }
        return new Judgement(SignalLevel.CALM, null);
    }

    /** The value above which no step is taken; nothing: it is a multiple of a baseline that is not known. */
    OptionalDouble soft() {
        return watched.limits().soft().of(baseline);
    }

    /** The value from which the step is taken back; nothing: there is none, or it is a multiple of a baseline that is not known. */
    OptionalDouble hard() {
        var hard = watched.limits().hard();
        return hard == null ? OptionalDouble.empty() : hard.of(baseline);
    }

    // Before a step, a multiple has nothing to be compared with, and that is as it should be.
    private @Nullable String incomparable() {
        if (!on || !watched.limits().relative()) {
            return null;
        }
        if (baseline.isEmpty()) {
            return "its baseline is not known: it was not measured before the step";
        }
        return baseline.getAsDouble() > 0
                ? null
                : "its baseline is 0, of which no multiple says anything: write absolute thresholds";
    }

    // Rows that are wrong before the first step are of tenants that the gate holds back when it is taken.
    private boolean counts() {
        return on || !watched.signal().equals(AbortRules.DRIFT);
    }

    /** Whether a value belongs to the baseline of the next step: a duration of zero means that nothing ran. */
    static boolean isMeasured(Measure measure, double value) {
        return value > 0 || measure != Measure.DURATION;
    }

    /**
     * What a value says.
     *
     * @param note why it cannot be judged, or a remark; null: nothing
     */
    record Judgement(SignalLevel level, @Nullable String note) {}
}
