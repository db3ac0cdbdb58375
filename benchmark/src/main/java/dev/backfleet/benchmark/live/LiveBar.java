package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;

/**
 * What is expected of a way.
 *
 * @param what which figure
 * @param way of which way
 * @param value what was measured, round by round
 * @param words whether the limit is one upwards or downwards
 * @param bar the limit of the median; of errors, of every round
 * @param met whether it is kept
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
