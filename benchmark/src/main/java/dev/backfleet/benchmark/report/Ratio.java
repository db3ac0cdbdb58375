package dev.backfleet.benchmark.report;

/**
 * The speed of one way relative to another, and the required ratio.
 *
 * @param of the way that is judged
 * @param to the way that it is compared with
 * @param speed rows per second of the one by those of the other
 * @param bar the required median
 * @param met whether it does
 */
public record Ratio(Way of, Way to, Spread speed, double bar, boolean met) {

    static Ratio of(Way of, Way to, Spread speed, double bar) {
        return new Ratio(of, to, speed, bar, speed.median() >= bar);
    }
}
