package dev.backfleet.coordinator.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides at which points a shard is split so that one tenant's rows, and no other's, are in a piece of their own.
 *
 * @param points where to split, in key order
 * @param piece which of the pieces is the tenant's, counted from 0
 */
public record TenantIsolation(List<List<String>> points, int piece) {

    public TenantIsolation {
        points = List.copyOf(points);
    }

    /**
     * The isolation of a tenant from a shard.
     *
     * @param tenant the tenant, as PostgreSQL writes it
     * @param before the last tenant before it of which the shard still has rows to scan; null: none
     * @param more whether the shard continues after the tenant's last row
     */
    public static TenantIsolation of(String tenant, @Nullable String before, boolean more) {
        var points = new ArrayList<List<String>>();
        if (before != null) {
            points.add(List.of(before));
        }
        if (more) {
            points.add(List.of(tenant));
        }
        return new TenantIsolation(points, before == null ? 0 : 1);
    }
}
