package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.stored.StoredJson;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The policy of the watch over a cutover: an immutable value, stored after each look, so that another coordinator goes on with the same
 * baseline.
 *
 * <p>While a step is on, each signal is compared with its thresholds; those that are multiples refer to the median of the signal in the soak
 * time <em>before</em> the step. A signal that is at its hard threshold in two looks in a row speaks against the reads. One that cannot be read
 * says nothing: it neither counts as such a look nor forgives the one before; but what was seen long ago does not count.
 *
 * <p>Before the first step there is no baseline, and multiples say nothing; thresholds that are values are compared all the same.
 *
 * @param reads who reads the new shape
 * @param signals in the order of the file
 * @param calm looks in a row in which every signal was calm
 * @param at when the last look was
 */
public record CutoverWatch(Reads reads, List<WatchedSignal> signals, int calm, Instant at) {
    /** Its form in the control schema. */
    public static final StoredJson<CutoverWatch> JSON = new StoredJson<>("watch of a cutover", 1, CutoverWatch.class);

    /** Nothing was looked at yet. */
    public static final CutoverWatch NEW = new CutoverWatch(Reads.NOBODY, List.of(), 0, Instant.EPOCH);

    private static final int STRIKES = 2;
    private static final int CALM_LOOKS = 2;
    private static final Duration FORGOTTEN = Duration.ofSeconds(30);
    private static final double LEAST_PERCENT = 1;
    private static final double LEAST_SECONDS = 0.001;

    public CutoverWatch {
        signals = List.copyOf(signals);
    }

    /** The watch after a look. */
    public CutoverWatch next(Look look) {
        var now = look.watched().stream().map(one -> next(one, look)).toList();
        var allCalm = now.stream().allMatch(signal -> signal.level() == SignalLevel.CALM);
        var same = !look.reads().widens(reads);
        return new CutoverWatch(look.reads(), now, allCalm ? (same ? calm : 0) + 1 : 0, look.at());
    }

    /** The signal for which all reads are to be taken back; nothing if there is none. */
    public Optional<WatchedSignal> against() {
        return reads.on()
                ? signals.stream().filter(signal -> signal.strikes() >= STRIKES).findFirst()
                : Optional.empty();
    }

    /** Whether all signals were calm for long enough that a step may be taken. */
    public boolean permitsStep() {
        return calm >= CALM_LOOKS;
    }

    /** The signals that keep a step from being taken. */
    public List<WatchedSignal> holding() {
        return signals.stream()
                .filter(signal -> signal.level() != SignalLevel.CALM)
                .toList();
    }

    private WatchedSignal next(Watched watched, Look look) {
        var known = signals.stream()
                .filter(signal -> signal.signal().equals(watched.signal()) && signal.measure() == watched.measure())
                .findFirst()
                .orElseGet(() -> WatchedSignal.begun(watched.signal(), watched.measure(), look.at()));
        var before = known;
        if (look.reads().widens(reads)) {
            before = known.afterStep();
        } else if (reads.on() && !look.reads().on()) {
            before = known.beforeSteps();
        }
        var sample = look.samples().stream()
                .filter(one -> one.signal().equals(watched.signal()))
                .findFirst()
                .orElseGet(() -> new Sample(
                        watched.signal(), watched.measure(), null, "the server does not have it: see its page"));
        return judged(watched, before, sample, look);
    }

    private static WatchedSignal judged(Watched watched, WatchedSignal before, Sample sample, Look look) {
        var baseline = least(before.knownBaseline(), watched.measure());
        var soft = watched.limits().soft().of(baseline);
        var wantedHard = watched.limits().hard();
        var hard = wantedHard == null ? OptionalDouble.empty() : wantedHard.of(baseline);
        var judged = judge(watched, sample, baseline, look.reads().on(), soft, hard);
        var level = judged.level();
        var value = sample.value();
        var strikes =
                switch (level) {
                    case HARD -> fresh(before, look.at()) + 1;
                    case UNREADABLE -> fresh(before, look.at());
                    case CALM, SOFT -> 0;
                };
        // A duration of zero means that nothing ran.
        var measured = value != null && (value > 0 || watched.measure() != Measure.DURATION);
        return new WatchedSignal(
                watched.signal(),
                watched.measure(),
                measured && value != null ? before.soak().add(look.at(), value, look.soak()) : before.soak(),
                before.baseline(),
                value,
                boxed(soft),
                boxed(hard),
                level,
                before.level() == level ? before.since() : look.at(),
                judged.note(),
                strikes,
                level == SignalLevel.HARD ? look.at() : strikes == 0 ? null : before.struckAt());
    }

    private static Judged judge(
            Watched watched,
            Sample sample,
            OptionalDouble baseline,
            boolean on,
            OptionalDouble soft,
            OptionalDouble hard) {
        var value = sample.value();
        if (value == null) {
            return new Judged(SignalLevel.UNREADABLE, sample.note() == null ? "it cannot be read" : sample.note());
        }
        if (on && watched.limits().relative() && baseline.isEmpty()) {
            return new Judged(SignalLevel.UNREADABLE, "its baseline is not known: it was not measured before the step");
        }
        if (on && watched.limits().relative() && baseline.getAsDouble() <= 0) {
            return new Judged(
                    SignalLevel.UNREADABLE,
                    "its baseline is 0, of which no multiple says anything: write absolute thresholds");
        }
        // Rows that are wrong before the first step are of tenants that the gate holds back when it is taken.
        var counts = on || !watched.signal().equals(AbortRules.DRIFT);
        if (counts && hard.isPresent() && value >= hard.getAsDouble()) {
            return new Judged(SignalLevel.HARD, sample.note());
        }
        if (counts && soft.isPresent() && value > soft.getAsDouble()) {
            return new Judged(SignalLevel.SOFT, sample.note());
        }
        return new Judged(SignalLevel.CALM, null);
    }

    // Of what is hardly there, a multiple says nothing.
    private static OptionalDouble least(OptionalDouble baseline, Measure measure) {
        if (baseline.isEmpty()) {
            return baseline;
        }
        return OptionalDouble.of(
                switch (measure) {
                    case PERCENT -> Math.max(LEAST_PERCENT, baseline.getAsDouble());
                    case DURATION -> Math.max(LEAST_SECONDS, baseline.getAsDouble());
                    case NUMBER, BYTES, BYTES_PER_SECOND -> baseline.getAsDouble();
                });
    }

    private static int fresh(WatchedSignal before, Instant now) {
        var struck = before.struckAt();
        return struck == null || Duration.between(struck, now).compareTo(FORGOTTEN) > 0 ? 0 : before.strikes();
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private record Judged(SignalLevel level, @Nullable String note) {}

    /**
     * One look.
     *
     * @param at by the database's clock
     * @param reads who reads the new shape
     * @param soak the time of which a baseline is made
     * @param watched the signals of the file
     * @param samples what was measured; a signal without one does not exist on this server
     */
    public record Look(Instant at, Reads reads, Duration soak, List<Watched> watched, List<Sample> samples) {
        public Look {
            watched = List.copyOf(watched);
            samples = List.copyOf(samples);
        }
    }
}
