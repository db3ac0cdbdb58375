package dev.backfleet.coordinator.query;

import org.jspecify.annotations.Nullable;

/**
 * All that is to be said of one tenant of a job, in the order in which programs get it as JSON.
 *
 * @param tenant its value as PostgreSQL writes it
 * @param percent how much was walked; 100 only when it is DONE
 * @param shards how many shards its rows are in
 * @param shared whether it shares a shard with other tenants
 * @param wave the last wave that one of these shards is in
 * @param error why a shard that it has unchanged rows in FAILED
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

    /** Works the percentage out. */
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
     * @param walked how many of them were looked at, changed or not
     * @param exact whether both were counted now; else they are what its shards have counted and are thought to have left
     */
    public record Rows(long total, long walked, boolean exact) {}
}
