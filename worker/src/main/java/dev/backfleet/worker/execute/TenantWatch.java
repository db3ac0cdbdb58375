package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.Claim;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Knows whether a claimed shard has rows of a tenant that somebody wants to stand still. Each tenant is asked for once: what
 * is left of a shard only shrinks.
 */
final class TenantWatch {
    private final boolean hasTenants;
    private final Set<String> elsewhere = new HashSet<>();
    private boolean here;

    TenantWatch(Claim claim) {
        this.hasTenants = claim.definition().tenantLed();
    }

    /**
     * A tenant of which PostgreSQL must be asked before the work may go on.
     *
     * @param paused the tenants of the claim's job that are to stand still, as somebody wrote them; jobs without tenants
     *     do not ask for them
     */
    Optional<String> unknown(Supplier<Set<String>> paused) {
        if (here || !hasTenants) {
            return Optional.empty();
        }
        return paused.get().stream()
                .filter(tenant -> !elsewhere.contains(tenant))
                .findFirst();
    }

    /** Whether rows of the tenant may be in what is left of the shard. */
    void found(String tenant, boolean reached) {
        if (reached) {
            here = true;
        } else {
            elsewhere.add(tenant);
        }
    }

    /** Whether the shard must be left alone until the tenant's rows are carved out of it. */
    boolean mustStop() {
        return here;
    }
}
