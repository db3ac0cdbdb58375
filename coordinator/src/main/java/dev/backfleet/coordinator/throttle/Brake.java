package dev.backfleet.coordinator.throttle;

import dev.backfleet.coordinator.throttle.Reading.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The policy: from one look at the signals to the next, how much of its speed a job may use. An immutable value.
 *
 * <p>Above the soft threshold the factor shrinks in proportion, at most by half with each look. It grows slowly, and only
 * after several calm looks, calm meaning well below the threshold; just below it, it grows a step in half a minute. So a
 * noisy signal does not make it swing. At the hard threshold it shrinks with the first look and is zero with the second; it starts anew, small,
 * after several calm looks.
 *
 * @param factor from 0, which stops the job, to 1
 * @param utilisation of the worst signal, smoothed
 * @param strikes looks in a row that saw a signal at its hard threshold
 * @param calm looks in a row that saw every signal well below its soft threshold
 * @param steady looks since a signal was above its soft threshold, or the factor grew for that reason
 * @param holding what made the factor less than 1, as it was read last
 */
public record Brake(double factor, double utilisation, int strikes, int calm, int steady, Optional<Reading> holding) {
    private static final double CALM_BELOW = 0.8;
    private static final double LEAST = 0.05;
    private static final double STEP = 0.05;
    private static final int CALM_LOOKS = 3;
    private static final int STEADY_LOOKS = 30;
    private static final int STRIKES = 2;
    private static final Comparator<Reading> BADNESS = Comparator.comparing(
                    (Reading reading) -> reading.level() == Level.HARD)
            .thenComparing(Reading::utilisation);

    /** A job that nothing holds back. */
    public static final Brake OFF = at(1);

    /** A job that another coordinator held back before. */
    public static Brake at(double factor) {
        return new Brake(factor, CALM_BELOW, 0, 0, 0, Optional.empty());
    }

    /** After a look. */
    public Brake next(List<Reading> readings) {
        var worst = readings.stream().max(BADNESS);
        var now = worst.map(Reading::utilisation).orElse(0.0);
        var smooth = (utilisation + now) / 2;
        if (worst.isPresent() && worst.get().level() == Level.HARD) {
            return struck(worst.get(), smooth);
        }
        // Both: what is over by now is over, and one high value among low ones is noise.
        if (worst.isPresent() && smooth > 1 && now > 1 && factor > 0) {
            return new Brake(shrunk(smooth), smooth, 0, 0, 0, worst);
        }
        return released(smooth, now < CALM_BELOW ? calm + 1 : 0, now > 1 ? 0 : steady + 1, readings);
    }

    private Brake struck(Reading worst, double smooth) {
        var hits = strikes + 1;
        var stopped = factor == 0 || hits >= STRIKES;
        return new Brake(stopped ? 0 : Math.max(LEAST, factor / 2), smooth, hits, 0, 0, Optional.of(worst));
    }

    private Brake released(double smooth, int quiet, int still, List<Reading> readings) {
        var isCalm = quiet >= CALM_LOOKS && smooth < CALM_BELOW;
        if (factor == 0) {
            // It starts anew without haste: only calm counts.
            return quiet < CALM_LOOKS ? with(0, smooth, quiet, 0, readings) : with(STEP, smooth, 0, 0, readings);
        }
        if (!isCalm && still < STEADY_LOOKS) {
            return with(factor, smooth, quiet, still, readings);
        }
        return with(Math.min(1, rounded(factor + STEP)), smooth, quiet, isCalm ? still : 0, readings);
    }

    private double shrunk(double smooth) {
        return Math.max(LEAST, rounded(factor * Math.max(0.5, 1 / smooth)));
    }

    private Brake with(double next, double smooth, int quiet, int still, List<Reading> readings) {
        var named = next >= 1
                ? Optional.<Reading>empty()
                : holding.map(held -> latest(held, readings))
                        .or(() -> readings.stream().max(BADNESS));
        return new Brake(next, smooth, 0, quiet, still, named);
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
}
