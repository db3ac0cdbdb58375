package dev.backfleet.coordinator.query;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query for the status of the tenants of a job, a page at a time. */
public final class ListTenants {

    /** How many tenants a page may have. */
    public static final int MOST = 1_000;

    private final Lookup lookup;
    private final Pages pages;

    public ListTenants(Lookup lookup, Pages pages) {
        this.lookup = lookup;
        this.pages = pages;
    }

    /**
     * Tenants in the order of the tenant column.
     *
     * @param job its id or name
     * @param states only those in one of these; empty: all
     * @param after the tenant before the first; null: from the beginning
     * @param limit how many, at most, from 1 to {@link #MOST}; there may be fewer and still more to come
     * @throws OperationRefused NOT_FOUND; INVALID if the job's shards do not follow tenants, or an argument is wrong
     */
    public TenantPage run(String job, Set<TenantState> states, @Nullable String after, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        return pages.page(lookup.tenantJob(job), states, after, limit)
                .orElseThrow(() -> new OperationRefused(
                        Code.INVALID, "--after " + after + " is no value that the tenant column can hold", null));
    }

    /** The stored tenants. */
    @FunctionalInterface
    public interface Pages {
        /** Some tenants of a job; nothing if {@code after} is no value of the tenant column. */
        Optional<TenantPage> page(long job, Set<TenantState> states, @Nullable String after, int limit);
    }
}
