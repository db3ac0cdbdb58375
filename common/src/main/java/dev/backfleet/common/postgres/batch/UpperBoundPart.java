package dev.backfleet.common.postgres.batch;

import static java.util.Map.entry;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;
import java.util.Map;

/** The parts of a batch's statement that depend on where the shard ends: at a row, or with a tenant. */
final class UpperBoundPart {
    private final JobDefinition job;
    private final KeyOrder order;
    private final KeyWalk walk;
    private final Fence fence;
    private final int columns;

    UpperBoundPart(JobDefinition job, KeyOrder order, KeyWalk walk, Fence fence) {
        this.job = job;
        this.order = order;
        this.walk = walk;
        this.fence = fence;
        this.columns = job.key().size();
    }

    /**
     * The parts for a shard that ends at a row. For jobs whose shards can also end with a tenant, the fence checks that
     * this one does not.
     */
    Map<String, String> row() {
        return Map.of(
                "fence",
                fence.locking(
                        fence.cursor() + ", " + fence.upper(),
                        job.tenantLed() && columns > 1 ? "\n    and cardinality(s.upper) = " + columns : ""),
                "is-last",
                "not (" + beforeUpper() + ")",
                "to-columns",
                order.each(i -> "case when last then u%d else n%d end as b%d".formatted(i, i, i)),
                "end",
                "last",
                "bound",
                "backfleet_bound",
                "cursor",
                keyAsText(order));
    }

    /**
     * The parts for a shard that ends, or did end, with a tenant: it may have been split at a row since it was claimed.
     */
    Map<String, String> endOfTenant() {
        return Map.ofEntries(
                entry("fence", fence.locking(fence.cursor() + ", " + fence.upper() + ", " + fence.boundKind(), "")),
                entry(
                        "is-last",
                        "case when f.whole then not (" + beforeUpper() + ") else "
                                + order.compare(1, "n.n1", Comparison.GREATER, "f.u1") + " end"),
                entry("tail-walk", walk.rows("t", " and " + walk.upToTenant(), true, "limit 1", "1")),
                entry(
                        "to-columns",
                        order.each(i -> "case when not last then n%d when whole then u%d else t%d end as b%d"
                                .formatted(i, i, i, i))),
                entry("end", "last, upper"),
                entry("bound", "backfleet_bound left join backfleet_tail on true"),
                entry("cursor", "case when r.last then r.upper else " + keyAsText(order) + " end"));
    }

    /** The columns of the range's end as an array of texts. */
    static String keyAsText(KeyOrder order) {
        return "array[" + order.each(i -> "r.b" + i + "::text") + "]";
    }

    private String beforeUpper() {
        return order.compare(i -> "n.n" + i, Comparison.LESS, i -> "f.u" + i);
    }
}
