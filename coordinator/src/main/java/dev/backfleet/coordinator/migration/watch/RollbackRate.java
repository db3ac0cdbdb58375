package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Measures how many transactions a database rolls back per second, from one look to the next. Unlike their share of all transactions, it does
 * not depend on how many others there are, such as those of a fleet.
 */
final class RollbackRate {
    /** Per second: a multiple of nothing says nothing. */
    static final double LEAST = 0.2;

    private @Nullable Duration at;
    private long counted;

    /**
     * The rate since the last look.
     *
     * @param now the time since some fixed moment
     * @param counter how many the database has ever rolled back
     * @param own how many of them each look causes itself: read-only queries are rolled back
     */
    Sample next(Duration now, long counter, int own) {
        var before = at;
        var grown = counter - counted - own;
        var isReset = counter < counted;
        at = now;
        counted = counter;
        if (before == null || isReset || now.compareTo(before) <= 0) {
            return new Sample(AbortRules.ROLLBACKS, Measure.NUMBER, null, "it is measured from one look to the next");
        }
        var perSecond = grown / (now.minus(before).toNanos() / 1e9);
        return new Sample(AbortRules.ROLLBACKS, Measure.NUMBER, Math.max(LEAST, perSecond), null);
    }
}
