package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.stored.StoredJson;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The policy of the watch over a step that can be taken back: of a cutover, whose reads are, or of the renaming of the old columns. An
 * immutable value, stored after each look, so that another process goes on with the same baseline.
 *
 * <p>While a step is on, each look judges each signal by its {@link SignalRule}:
 *
 * <ul>
 *   <li>SOFT, HARD or UNREADABLE: no step is taken by itself; it takes {@value #CALM_LOOKS} looks in a row at which every signal is CALM.
 *   <li>HARD in {@value #STRIKES} looks in a row: the step is to be taken back.
 *   <li>UNREADABLE: neither counts as such a look nor forgives the one before. What was seen long ago does not count.
 * </ul>
 *
 * <p>Thresholds that are multiples refer to the median of the signal in the soak time <em>before</em> the step. Before the first step they
 * say nothing; thresholds that are values are compared all the same.
 *
 * @param reads whether a step is on, and for whom
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

    /**
     * The signal for which the step is to be taken back; nothing if there is none. Those who look without acting may have counted enough looks
     * before: the last one decides, and one that has read nothing decides nothing.
     */
    public Optional<WatchedSignal> against() {
        return reads.on()
                ? signals.stream()
                        .filter(signal -> signal.level() == SignalLevel.HARD && signal.strikes() >= STRIKES)
                        .findFirst()
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
        var before = before(watched, look);
        var sample = look.sample(watched);
        var rule = SignalRule.of(watched, before.knownBaseline(), look.reads().on());
        var judged = rule.judge(sample);
        var level = judged.level();
        var strikes = strikes(before, level, look.at());
        var value = sample.value();
        return new WatchedSignal(
                watched.signal(),
                watched.measure(),
                value != null && SignalRule.isMeasured(watched.measure(), value)
                        ? before.soak().add(look.at(), value, look.soak())
                        : before.soak(),
                before.baseline(),
                value,
                boxed(rule.soft()),
                boxed(rule.hard()),
                level,
                before.level() == level ? before.since() : look.at(),
                judged.note(),
                strikes,
                level == SignalLevel.HARD ? look.at() : strikes == 0 ? null : before.struckAt());
    }

    /** A signal as the last look has found it, with the baseline that holds now. */
    private WatchedSignal before(Watched watched, Look look) {
        var known = signals.stream()
                .filter(signal -> signal.signal().equals(watched.signal()) && signal.measure() == watched.measure())
                .findFirst()
                .orElseGet(() -> WatchedSignal.begun(watched.signal(), watched.measure(), look.at()));
        if (look.reads().widens(reads)) {
            return known.afterStep();
        }
        return reads.on() && !look.reads().on() ? known.beforeSteps() : known;
    }

    private static int strikes(WatchedSignal before, SignalLevel now, Instant at) {
        var last = before.struckAt();
        var isForgotten = last == null || Duration.between(last, at).compareTo(FORGOTTEN) > 0;
        var soFar = isForgotten ? 0 : before.strikes();
        return switch (now) {
            case HARD -> soFar + 1;
            case UNREADABLE -> soFar;
            case CALM, SOFT -> 0;
        };
    }

    private static @Nullable Double boxed(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

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

        private Sample sample(Watched signal) {
            return samples.stream()
                    .filter(one -> one.signal().equals(signal.signal()))
                    .findFirst()
                    .orElseGet(() -> new Sample(
                            signal.signal(), signal.measure(), null, "the server does not have it: see its page"));
        }
    }
}
