package dev.backfleet.coordinator.query.tenant;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
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
     * @throws OperationRefused NOT_FOUND; INVALID if the job's shards do not follow tenants, or an argument is wrong; CONFLICT if the shards were
     *     pruned
     */
    public TenantPage run(String job, Set<TenantState> states, @Nullable String after, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        var id = lookup.tenantJob(job);
        pages.prunedAt(id).ifPresent(at -> {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the shards of " + job + ", and its tenants with them, were pruned on " + HumanTime.day(at),
                    null);
        });
        return pages.page(id, states, after, limit)
                .orElseThrow(() -> new OperationRefused(
                        Code.INVALID, "--after " + after + " is no value that the tenant column can hold", null));
    }

    /** The stored tenants. */
    public interface Pages {
        /** When a job's shards were pruned; nothing if they were not. */
        Optional<Instant> prunedAt(long job);

        /** Some tenants of a job; nothing if {@code after} is no value of the tenant column. */
        Optional<TenantPage> page(long job, Set<TenantState> states, @Nullable String after, int limit);
    }
}
