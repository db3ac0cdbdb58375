package dev.backfleet.coordinator.query.tenant;

import org.jspecify.annotations.Nullable;

/**
 * The status of a tenant of a job, in the order of the JSON output.
 *
 * @param tenant its value as PostgreSQL writes it
 * @param percent the share of scanned rows; 100 only if it is DONE
 * @param shards the number of shards with its rows
 * @param shared whether it shares a shard with other tenants
 * @param wave the last wave of these shards
 * @param error the error of a FAILED shard with unchanged rows of it
 */
public record TenantStatus(
        String tenant,
        TenantState state,
        Rows rows,
        double percent,
        int shards,
        boolean shared,
        int wave,
        @Nullable String error) {

    /** Computes the percentage. */
    public static TenantStatus of(
            String tenant, TenantState state, Rows rows, int shards, boolean shared, int wave, @Nullable String error) {
        return new TenantStatus(tenant, state, rows, percent(state, rows), shards, shared, wave, error);
    }

    private static double percent(TenantState state, Rows rows) {
        if (state == TenantState.DONE) {
            return 100;
        }
        return rows.total == 0 ? 0 : Math.min(99.9, Math.floor(1000.0 * rows.walked / rows.total) / 10);
    }

    /**
     * The tenant's rows.
     *
     * @param total how many it has
     * @param walked how many of them were scanned, changed or not
     * @param exact whether both were counted now; otherwise they are estimated from the counts of its shards
     */
    public record Rows(long total, long walked, boolean exact) {}
}
