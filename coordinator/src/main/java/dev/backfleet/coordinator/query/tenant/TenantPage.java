package dev.backfleet.coordinator.query.tenant;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some tenants of a job, in the order of the tenant column.
 *
 * @param tenants the tenants
 * @param next the {@code after} of the next page; null if there is none
 */
public record TenantPage(
        List<TenantStatus> tenants, @Nullable String next) {

    public TenantPage {
        tenants = List.copyOf(tenants);
    }
}
