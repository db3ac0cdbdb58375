package dev.backfleet.coordinator.migration;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which signals speak against a cutover, and from which values on.
 *
 * @param watched the signals with their limits, in the order of the file
 * @param probe the query whose time is the signal {@code probe-latency}; null: one that reads a row of the table
 * @param queries queries of signals of its own, by their names
 * @param http addresses that answer 200 while all is well
 */
public record AbortRules(List<Watched> watched, @Nullable String probe, List<Query> queries, List<String> http) {
    /** No signal is watched. */
    public static final AbortRules NONE = new AbortRules(List.of(), null, List.of(), List.of());

    /** The name of the signal that counts rows which the last reconcile has found wrong. */
    public static final String DRIFT = "drift";

    /** An answer other than 200 has the value 1. */
    public static final AbortLimits AN_ANSWER =
            new AbortLimits(new AbortLimits.Limit(0, false), new AbortLimits.Limit(1, false));

    /** The name of the signal that counts transactions of the database which are rolled back, per second. */
    public static final String ROLLBACKS = "rollbacks";

    private static final AbortLimits AT_A_RENAMING = AbortLimits.parse("2x/5x", Measure.NUMBER);

    public AbortRules {
        watched = List.copyOf(watched);
        queries = List.copyOf(queries);
        http = List.copyOf(http);
    }

    /** Whether any signal is watched. */
    public boolean isEmpty() {
        return watched.isEmpty();
    }

    /**
     * The same for the renaming of the old columns: without {@code drift}, since no reconcile is repeated then, and with {@code rollbacks}, also
     * if the file has no limits for them: the transaction of whoever still names an old column is rolled back.
     */
    public AbortRules ofRenaming() {
        var own = new ArrayList<>(
                watched.stream().filter(one -> !one.signal().equals(DRIFT)).toList());
        if (own.stream().noneMatch(one -> one.signal().equals(ROLLBACKS))) {
            own.add(new Watched(ROLLBACKS, Measure.NUMBER, AT_A_RENAMING));
        }
        return new AbortRules(own, probe, queries, http);
    }

    /**
     * A signal that is watched.
     *
     * @param signal its name: of a {@link Signal}, {@code rollbacks}, {@code drift}, of a query, or an address
     */
    public record Watched(String signal, Measure measure, AbortLimits limits) {
        /** A signal of the throttle. */
        public static Watched of(Signal signal, AbortLimits limits) {
            return new Watched(signal.key(), signal.measure(), limits);
        }
    }

    /** A query that returns a number. */
    public record Query(String name, String sql) {}
}
