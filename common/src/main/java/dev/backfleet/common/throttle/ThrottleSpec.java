package dev.backfleet.common.throttle;

import dev.backfleet.common.stored.StoredJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A spec's throttle section; the settings apply where it says nothing. Stored with the job as JSON.
 *
 * @param thresholds by the signals' keys, as written
 * @param probe the query whose latency is measured; null: a query that reads one row of the table
 * @param sql custom signals of this job
 * @param http addresses that answer 200 while the job may run
 */
public record ThrottleSpec(
        Map<String, String> thresholds, @Nullable String probe, List<Custom> sql, List<String> http) {

    public static final StoredJson<ThrottleSpec> JSON = new StoredJson<>("throttle", 1, ThrottleSpec.class);

    public static final ThrottleSpec DEFAULT = new ThrottleSpec(Map.of(), null, List.of(), List.of());

    public ThrottleSpec {
        thresholds = Map.copyOf(thresholds);
        sql = List.copyOf(sql);
        http = List.copyOf(http);
    }

    /**
     * A query that returns a number.
     *
     * @param name its name in the status
     * @param query one SELECT
     * @param soft above it the job is slowed down
     * @param hard from it on the job is suspended; null: never
     */
    public record Custom(
            String name,
            String query,
            double soft,
            @Nullable Double hard) {
        public Thresholds limits() {
            return new Thresholds(soft, hard == null ? Double.POSITIVE_INFINITY : hard);
        }
    }
}
