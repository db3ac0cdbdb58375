package dev.backfleet.coordinator.throttle;

import dev.backfleet.coordinator.throttle.Reading.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The policy: from one look at the signals to the next, how much of its speed a job may use. An immutable value.
 *
 * <p>Above the soft threshold the factor shrinks in proportion, at most by half. Then it rests for some looks, since most
 * signals show only after a while what became of it. One that grows worse meanwhile is believed, but not twice: the factor
 * becomes what it had become if the worst had been seen at once. Below the threshold it grows slowly, and the
 * slower the nearer to it, after several looks in a row. So a noisy signal does not make it swing, and a steady one leads it
 * to just below the threshold. At the hard threshold it shrinks with the first look and is zero with the second; it starts
 * anew, small, after several looks below the soft one.
 *
 * @param factor from 0, which stops the job, to 1
 * @param utilisation of the worst signal, smoothed
 * @param strikes looks in a row that saw a signal at its hard threshold
 * @param calm looks in a row that saw every signal below its soft threshold
 * @param shrunk from what the factor shrank last, and how long ago
 * @param holding what made the factor less than 1, as it was read last
 */
public record ThrottlePolicy(
        double factor, double utilisation, int strikes, int calm, Shrunk shrunk, Optional<Reading> holding) {
    private static final double EASY_BELOW = 0.8;
    private static final double LEAST = 0.05;
    private static final double STEP = 0.05;
    private static final int CALM_LOOKS = 4;
    private static final int REST_LOOKS = 5;
    private static final int STRIKES = 2;
    private static final Comparator<Reading> BADNESS = Comparator.comparing(
                    (Reading reading) -> reading.level() == Level.HARD)
            .thenComparing(Reading::utilisation);

    /** A job that nothing holds back. */
    public static final ThrottlePolicy OFF = at(1);

    /** A job that another coordinator held back before. */
    public static ThrottlePolicy at(double factor) {
        return new ThrottlePolicy(factor, EASY_BELOW, 0, 0, Shrunk.NEVER, Optional.empty());
    }

    /** After a look. */
    public ThrottlePolicy next(List<Reading> readings) {
        var worst = readings.stream().max(BADNESS);
        var now = worst.map(Reading::utilisation).orElse(0.0);
        var smooth = (utilisation + now) / 2;
        if (worst.isPresent() && worst.get().level() == Level.HARD) {
            return struck(worst.get(), smooth);
        }
        // Both: what is over by now is over, and one high value among low ones is noise.
        if (worst.isPresent() && smooth > 1 && now > 1 && factor > 0) {
            return exceeded(smooth, worst);
        }
        return released(smooth, now < 1 ? calm + 1 : 0, readings);
    }

    private ThrottlePolicy struck(Reading worst, double smooth) {
        var hits = strikes + 1;
        var stopped = factor == 0 || hits >= STRIKES;
        var next = stopped ? 0 : Math.max(LEAST, factor / 2);
        return new ThrottlePolicy(next, smooth, hits, 0, new Shrunk(factor, 0), Optional.of(worst));
    }

    private ThrottlePolicy exceeded(double smooth, Optional<Reading> worst) {
        var from = shrunk.mayStillShow() ? shrunk.older() : new Shrunk(factor, 0);
        var next = Math.max(LEAST, rounded(from.factor() * Math.max(0.5, 1 / smooth)));
        return new ThrottlePolicy(Math.min(factor, next), smooth, 0, 0, from, worst);
    }

    private ThrottlePolicy released(double smooth, int quiet, List<Reading> readings) {
        var next = factor;
        if (quiet >= CALM_LOOKS && factor == 0) {
            next = STEP;
        } else if (quiet >= CALM_LOOKS && smooth < 1) {
            next = Math.min(1, rounded(factor + STEP * Math.min(1, (1 - smooth) / (1 - EASY_BELOW))));
        }
        var named = next >= 1
                ? Optional.<Reading>empty()
                : holding.map(held -> latest(held, readings))
                        .or(() -> readings.stream().max(BADNESS));
        return new ThrottlePolicy(next, smooth, 0, quiet, shrunk.older(), named);
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
     * @param factor what it was
     * @param looks since then
     */
    public record Shrunk(double factor, int looks) {
        /** Not within memory. */
        public static final Shrunk NEVER = new Shrunk(1, REST_LOOKS);

        private boolean mayStillShow() {
            return looks < REST_LOOKS;
        }

        private Shrunk older() {
            return new Shrunk(factor, Math.min(REST_LOOKS, looks + 1));
        }
    }
}
