package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.Claim;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Knows whether a claimed shard has rows of a paused tenant. PostgreSQL is asked about each tenant once: what is left of a shard
 * only shrinks.
 */
final class TenantWatch {
    private final boolean hasTenants;
    private final Set<String> elsewhere = new HashSet<>();
    private boolean here;

    TenantWatch(Claim claim) {
        this.hasTenants = claim.definition().tenantLed();
    }

    /**
     * A tenant that PostgreSQL must be asked about before the work may continue.
     *
     * @param paused the paused tenants of the claim's job, as operators wrote them; not called for jobs without tenants
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

    /** Whether work must stop until the tenant's rows are split from the shard. */
    boolean mustStop() {
        return here;
    }
}
