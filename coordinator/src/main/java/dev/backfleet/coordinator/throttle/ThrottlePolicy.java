package dev.backfleet.coordinator.throttle;

import dev.backfleet.coordinator.throttle.Reading.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The policy: computes from the readings of each round how much of its speed a job may use. An immutable value.
 *
 * <p>Above the soft threshold the factor shrinks in proportion to the excess, at most by half. After that it is held for some
 * rounds, since most signals react with a delay. If a signal gets worse during these rounds, the factor becomes what it would
 * have become if the worst reading had come first, so that one excess is not counted twice. Below the threshold, and after
 * several rounds in a row, the factor grows slowly, and more slowly the nearer the signal is to the threshold. So a noisy
 * signal does not make the factor oscillate, and a steady signal takes it to just below the threshold. At the hard threshold
 * the factor shrinks in the first round and is zero in the second; it restarts small after several rounds below the soft
 * threshold.
 *
 * @param factor from 0, which suspends the job, to 1
 * @param utilisation of the worst signal, smoothed
 * @param strikes rounds in a row with a signal at its hard threshold
 * @param calm rounds in a row with every signal below its soft threshold
 * @param shrunk the factor before it last shrank, and how long ago that was
 * @param holding the last reading of the signal that made the factor less than 1
 */
public record ThrottlePolicy(
        double factor, double utilisation, int strikes, int calm, Shrunk shrunk, Optional<Reading> holding) {
    /** Below this share of its soft threshold, a signal lets the factor grow by full steps. */
    public static final double FULL_STEP_BELOW = 0.8;

    private static final double LEAST = 0.05;
    private static final double STEP = 0.05;
    private static final int CALM_ROUNDS = 4;
    private static final int HELD_ROUNDS = 5;
    private static final int STRIKES = 2;
    private static final Comparator<Reading> SEVERITY = Comparator.comparing(
                    (Reading reading) -> reading.level() == Level.HARD)
            .thenComparing(Reading::utilisation);

    /** The policy of a job that is not throttled. */
    public static final ThrottlePolicy OFF = at(1);

    /** The policy of a job to which another coordinator has given a factor. */
    public static ThrottlePolicy at(double factor) {
        return new ThrottlePolicy(factor, FULL_STEP_BELOW, 0, 0, Shrunk.NEVER, Optional.empty());
    }

    /** In how many rounds a factor has grown to 1 if every signal is well below its soft threshold. */
    public static int roundsToFull(double factor) {
        return (factor == 0 ? CALM_ROUNDS - 1 : 0) + (int) Math.ceil((1 - factor) / STEP - 1e-6);
    }

    /** The policy after a round with these readings. */
    public ThrottlePolicy next(List<Reading> readings) {
        var worst = readings.stream().max(SEVERITY);
        var now = worst.map(Reading::utilisation).orElse(0.0);
        var smooth = (utilisation + now) / 2;
        if (worst.isPresent() && worst.get().level() == Level.HARD) {
            return atHardThreshold(worst.get(), smooth);
        }
        // Both: an excess that is over needs no reaction, and one high value among low ones is noise.
        if (worst.isPresent() && smooth > 1 && now > 1 && factor > 0) {
            return aboveSoftThreshold(smooth, worst);
        }
        return belowSoftThreshold(smooth, now < 1 ? calm + 1 : 0, readings);
    }

    private ThrottlePolicy atHardThreshold(Reading worst, double smooth) {
        var hits = strikes + 1;
        var stopped = factor == 0 || hits >= STRIKES;
        var next = stopped ? 0 : Math.max(LEAST, factor / 2);
        return new ThrottlePolicy(next, smooth, hits, 0, new Shrunk(factor, 0), Optional.of(worst));
    }

    private ThrottlePolicy aboveSoftThreshold(double smooth, Optional<Reading> worst) {
        var from = shrunk.mayStillTakeEffect() ? shrunk.older() : new Shrunk(factor, 0);
        var next = Math.max(LEAST, rounded(from.factor() * Math.max(0.5, 1 / smooth)));
        return new ThrottlePolicy(Math.min(factor, next), smooth, 0, 0, from, worst);
    }

    private ThrottlePolicy belowSoftThreshold(double smooth, int calmRounds, List<Reading> readings) {
        var next = factor;
        if (calmRounds >= CALM_ROUNDS && factor == 0) {
            next = STEP;
        } else if (calmRounds >= CALM_ROUNDS && smooth < 1) {
            next = Math.min(1, rounded(factor + STEP * Math.min(1, (1 - smooth) / (1 - FULL_STEP_BELOW))));
        }
        var named = next >= 1
                ? Optional.<Reading>empty()
                : holding.map(held -> latest(held, readings))
                        .or(() -> readings.stream().max(SEVERITY));
        return new ThrottlePolicy(next, smooth, 0, calmRounds, shrunk.older(), named);
    }

    private static double rounded(double factor) {
        return Math.round(factor * 1000) / 1000.0;
    }

    private static Reading latest(Reading held, List<Reading> readings) {
        return readings.stream()
                .filter(reading ->
                        reading.sample().signal().equals(held.sample().signal()))
                .findFirst()
                .orElse(held);
    }

    /**
     * The last time that the factor began to shrink.
     *
     * @param factor its value before
     * @param rounds since then
     */
    public record Shrunk(double factor, int rounds) {
        /** It has not shrunk lately. */
        public static final Shrunk NEVER = new Shrunk(1, HELD_ROUNDS);

        private boolean mayStillTakeEffect() {
            return rounds < HELD_ROUNDS;
        }

        private Shrunk older() {
            return new Shrunk(factor, Math.min(HELD_ROUNDS, rounds + 1));
        }
    }
}
