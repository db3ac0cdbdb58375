package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardStore.RefusedException;
import java.util.HashSet;
import java.util.Set;

/**
 * Knows whether a claimed shard has rows of a tenant that somebody wants to stand still. It asks once for each tenant: what
 * is left of a shard only shrinks.
 */
final class TenantWatch {
    private final ShardStore store;
    private final Claim claim;
    private final Set<String> elsewhere = new HashSet<>();

    TenantWatch(ShardStore store, Claim claim) {
        this.store = store;
        this.claim = claim;
    }

    /**
     * Whether the shard must be left alone until the tenant's rows are carved out of it.
     *
     * @param paused the tenants of the claim's job that are to stand still, as somebody wrote them
     */
    boolean mustStop(Set<String> paused) {
        if (paused.isEmpty() || !claim.definition().tenantLed()) {
            return false;
        }
        for (var tenant : paused) {
            if (!elsewhere.contains(tenant)) {
                if (reaches(tenant)) {
                    return true;
                }
                elsewhere.add(tenant);
            }
        }
        return false;
    }

    // Unknown is not leave to go on.
    private boolean reaches(String tenant) {
        try {
            return store.reaches(claim, tenant);
        } catch (RefusedException e) {
            return true;
        }
    }
}
