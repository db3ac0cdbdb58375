package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;

/**
 * An expected limit of a way.
 *
 * @param what the figure
 * @param way the way
 * @param value the measured values of each round
 * @param words whether the limit is one upwards or downwards
 * @param bar the limit of the median; of errors, of every round
 * @param met whether the limit is kept
 */
public record LiveBar(String what, LiveWay way, Spread value, String words, double bar, boolean met) {

    static LiveBar atMost(String what, LiveWay way, Spread value, double bar) {
        // No round may have what is forbidden altogether.
        return new LiveBar(what, way, value, "at most", bar, bar == 0 ? value.max() == 0 : value.median() <= bar);
    }

    static LiveBar atLeast(String what, LiveWay way, Spread value, double bar) {
        return new LiveBar(what, way, value, "at least", bar, value.median() >= bar);
    }
}
