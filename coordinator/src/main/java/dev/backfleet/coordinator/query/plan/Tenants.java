package dev.backfleet.coordinator.query.plan;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The tenants of a table, as far as planning sees them.
 *
 * @param large how many fill shards of their own; of a partitioned table, one counts in each partition
 * @param largest the largest of these, at most five
 * @param others how many share shards: of those in the sample, at least
 * @param exact whether the whole table was read, and not a sample
 */
public record Tenants(long large, List<Large> largest, long others, boolean exact) {
    private static final int MOST = 5;

    public Tenants {
        largest = List.copyOf(largest);
    }

    /** Both together: those of two tables. */
    public Tenants and(Tenants more) {
        var rows = new LinkedHashMap<String, Long>();
        largest.forEach(one -> rows.merge(one.tenant(), one.rows(), Long::sum));
        more.largest.forEach(one -> rows.merge(one.tenant(), one.rows(), Long::sum));
        var all = rows.entrySet().stream()
                .map(one -> new Large(one.getKey(), one.getValue()))
                .sorted(Comparator.comparingLong(Large::rows).reversed())
                .limit(MOST)
                .toList();
        return new Tenants(large + more.large, all, others + more.others, exact && more.exact);
    }

    /**
     * A tenant that fills a shard or more.
     *
     * @param tenant its value, as text
     * @param rows about how many rows it has
     */
    public record Large(String tenant, long rows) {}
}
