package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.control.ControlRepository;
import dev.backfleet.coordinator.postgres.control.TenantShards;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import dev.backfleet.coordinator.query.tenant.TenantPage;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Answers the queries about the tenants of jobs. */
public final class PostgresTenants implements ListTenants.Pages {

    /** How many tenants a page reads at most to find some in the requested states, if the shards do not tell. */
    private static final int MOST_READ = 10_000;

    private static final int ATTEMPTS = 5;

    private static final String FIND = "select k.t::text from (%s) k where k.t is not null";

    private final Database database;

    public PostgresTenants(Database database) {
        this.database = database;
    }

    /** Whether the shards of a job follow tenants. */
    public boolean follows(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle)
                .definition(job)
                .filter(JobDefinition::tenantLed)
                .isPresent());
    }

    /** A tenant as PostgreSQL writes it; nothing if no row has it. The job's shards must follow tenants. */
    public Optional<String> find(long job, String tenant) {
        return valid(() -> database.jdbi().withHandle(handle -> {
            if (!shards(handle, job).exists(tenant)) {
                return Optional.empty();
            }
            return handle.createQuery(FIND.formatted(space(handle, job).tenant(":tenant")))
                    .bind("tenant", tenant)
                    .mapTo(String.class)
                    .findOne();
        }));
    }

    @Override
    public Optional<Instant> prunedAt(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).prunedAt(job));
    }

    /** The tenants of a job that have records on the control topic, as they were written. */
    public List<String> withControlRecords(long job) {
        return database.jdbi().withHandle(handle -> new ControlRepository(handle).tenants(job));
    }

    /** Other spellings under which the same tenant was paused, such as {@code 007} for {@code 7}. */
    public List<String> otherSpellings(Scope.Tenant scope) {
        return database.jdbi().withHandle(handle -> {
            var space = space(handle, scope.job());
            var sql = "select "
                    + space.tenants("(" + space.tenant(":a") + ")", Comparison.EQUAL, "(" + space.tenant(":b") + ")");
            var others = new ArrayList<String>();
            for (var other : new ControlRepository(handle).pausedTenants(scope.job())) {
                var same = valid(() -> handle.createQuery(sql)
                        .bind("a", scope.tenant())
                        .bind("b", other)
                        .mapTo(Boolean.class)
                        .findOne());
                if (!other.equals(scope.tenant()) && same.orElse(false)) {
                    others.add(other);
                }
            }
            return others;
        });
    }

    @Override
    public Optional<TenantPage> page(long job, Set<TenantState> states, @Nullable String after, int limit) {
        return valid(() -> Optional.of(database.jdbi().inTransaction(handle -> {
            var definition = new JobStore(handle).definition(job).orElseThrow();
            var store = new TenantStore(handle, job, definition);
            return page(store, states, after, limit);
        })));
    }

    private static TenantPage page(TenantStore store, Set<TenantState> states, @Nullable String after, int limit) {
        var found = new ArrayList<TenantStatus>();
        var last = after;
        for (var read = 0; read < MOST_READ; read += limit) {
            var from = states.isEmpty() ? Optional.of(TenantStore.From.after(last)) : store.next(states, last);
            var tenants = from.map(some -> store.page(some, limit)).orElse(List.of());
            for (var tenant : tenants) {
                if (states.isEmpty() || states.contains(tenant.state())) {
                    found.add(tenant);
                    if (found.size() == limit) {
                        var isLast = tenants.size() < limit && tenant.equals(tenants.get(tenants.size() - 1));
                        return new TenantPage(found, isLast ? null : tenant.tenant());
                    }
                }
            }
            if (tenants.size() < limit) {
                return new TenantPage(found, null);
            }
            last = tenants.get(tenants.size() - 1).tenant();
        }
        return new TenantPage(found, last);
    }

    private static TenantShards shards(Handle handle, long job) {
        return new TenantShards(
                handle, job, new JobStore(handle).definition(job).orElseThrow());
    }

    private static KeySpace space(Handle handle, long job) {
        var jobs = new JobStore(handle);
        var definition = jobs.definition(job).orElseThrow();
        return new KeySpace(
                definition,
                new JobRelationStore(handle).present(job).stream().findFirst().orElse(definition.table()));
    }

    /** A value that the tenant column cannot hold is no tenant. */
    private static <T> Optional<T> valid(Supplier<Optional<T>> question) {
        for (var attempt = 1; ; attempt++) {
            try {
                return question.get();
            } catch (JdbiException e) {
                if (Refusal.isNoValue(e)) {
                    return Optional.empty();
                }
                // A partition was dropped during the query: the next try does not include it.
                if (!Refusal.isStale(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
