package dev.backfleet.benchmark.report;

/**
 * How fast one way is beside another, round by round, and what is expected of it.
 *
 * @param of the way that is judged
 * @param to the way that it is held against
 * @param speed rows per second of the one by those of the other
 * @param bar what the median is to reach
 * @param met whether it does
 */
public record Ratio(Way of, Way to, Spread speed, double bar, boolean met) {

    static Ratio of(Way of, Way to, Spread speed, double bar) {
        return new Ratio(of, to, speed, bar, speed.median() >= bar);
    }
}
