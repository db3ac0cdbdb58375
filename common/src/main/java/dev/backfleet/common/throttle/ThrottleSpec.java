package dev.backfleet.common.throttle;

import dev.backfleet.common.stored.StoredJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a spec says about its job's throttle; what it does not say, the settings do. Stored with the job as JSON.
 *
 * @param thresholds by the signals' keys, as written
 * @param probe the query whose latency is measured; null: one that reads a row of the table
 * @param sql signals that only this job has
 * @param http addresses that answer 200 while the job may run
 */
public record ThrottleSpec(
        Map<String, String> thresholds, @Nullable String probe, List<Custom> sql, List<String> http) {

    /** How it is stored. */
    public static final StoredJson<ThrottleSpec> JSON = new StoredJson<>("throttle", 1, ThrottleSpec.class);

    /** Nothing said. */
    public static final ThrottleSpec DEFAULT = new ThrottleSpec(Map.of(), null, List.of(), List.of());

    /** Copies what it is given. */
    public ThrottleSpec {
        thresholds = Map.copyOf(thresholds);
        sql = List.copyOf(sql);
        http = List.copyOf(http);
    }

    /**
     * A query that returns a number.
     *
     * @param name what the status calls it
     * @param query one SELECT
     * @param soft above it the job shrinks
     * @param hard from it on the job stops; null: never
     */
    public record Custom(
            String name,
            String query,
            double soft,
            @Nullable Double hard) {
        /** Its thresholds. */
        public Thresholds limits() {
            return new Thresholds(soft, hard == null ? Double.POSITIVE_INFINITY : hard);
        }
    }
}
