package dev.backfleet.coordinator.query.tenant;

import org.jspecify.annotations.Nullable;

/**
 * The status of a tenant of a job, in the order of the JSON output.
 *
 * @param tenant its value as PostgreSQL writes it
 * @param percent the share of scanned rows; 100 only if it is DONE; null if it is not known
 * @param shards the number of shards with its rows
 * @param shared whether it shares a shard with other tenants
 * @param wave the last wave of these shards
 * @param error the error of a FAILED shard with unchanged rows of it
 */
public record TenantStatus(
        String tenant,
        TenantState state,
        Rows rows,
        @Nullable Double percent,
        int shards,
        boolean shared,
        int wave,
        @Nullable String error) {

    /** Computes the percentage. */
    public static TenantStatus of(
            String tenant, TenantState state, Rows rows, int shards, boolean shared, int wave, @Nullable String error) {
        return new TenantStatus(tenant, state, rows, percent(state, rows), shards, shared, wave, error);
    }

    private static @Nullable Double percent(TenantState state, Rows rows) {
        if (state == TenantState.DONE) {
            return 100.0;
        }
        if (rows.total == null || rows.walked == null) {
            return null;
        }
        return rows.total == 0 ? 0 : Math.min(99.9, Math.floor(1000.0 * rows.walked / rows.total) / 10);
    }

    /**
     * The tenant's rows.
     *
     * @param total how many it has; null if that is not known
     * @param walked how many of them were scanned, changed or not; null if that is not known
     * @param exact whether both were counted now; otherwise they are estimated from the counts of its shards
     * @param atLeast if the total is not known, how many were counted before the count was ended; otherwise null
     */
    public record Rows(
            @Nullable Long total,
            @Nullable Long walked,
            boolean exact,
            @Nullable Long atLeast) {

        /** Rows that were counted. */
        public static Rows counted(long total, long walked) {
            return new Rows(total, walked, true, null);
        }

        /** Rows of shards that no other tenant shares. */
        public static Rows about(long total, long walked) {
            return new Rows(total, walked, false, null);
        }

        /** Rows of shards that other tenants share, too many to be counted. */
        public static Rows atLeast(long counted) {
            return new Rows(null, null, false, counted);
        }
    }
}
