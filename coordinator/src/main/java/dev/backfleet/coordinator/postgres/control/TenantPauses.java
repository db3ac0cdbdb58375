package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.shard.ShardSplits;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses and resumes single tenants. Isolating the tenant, holding its shards and storing the desired state are one
 * transaction: after its commit no row of the tenant can change.
 */
public final class TenantPauses {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPauses.class);

    // After a conflict with another transaction the isolation is tried again; each try waits almost as long as the
    // server's deadlock_timeout.
    static final int ATTEMPTS = 40;

    private final Database database;
    private final int attempts;

    TenantPauses(Database database, int attempts) {
        this.database = database;
        this.attempts = attempts;
    }

    /** Stores a record and puts it into effect; returns the time of storing, nothing if a newer one is stored or there is no such tenant. */
    Optional<Instant> apply(
            Scope.Tenant scope, ControlRecord record, Optional<ControlPosition> position, PostgresControl.Audit audit) {
        for (var attempt = 1; ; attempt++) {
            try {
                return database.jdbi().inTransaction(handle -> apply(handle, scope, record, position, audit));
            } catch (JdbiException e) {
                if (Refusal.isNoValue(e)) {
                    LOG.atWarn()
                            .addKeyValue("job", scope.job())
                            .addKeyValue("action", EventAction.CONTROL_REFUSED)
                            .log("control record for a tenant that the column cannot hold; skipped");
                    return Optional.empty();
                }
                if (attempt >= attempts || !(Refusal.gaveWay(e) || Refusal.isStale(e))) {
                    throw e;
                }
            }
        }
    }

    /** The time of the last batch of a shard with rows of the tenant. */
    Optional<Instant> lastBatch(Scope.Tenant scope) {
        return database.jdbi().withHandle(handle -> new JobStore(handle)
                .definition(scope.job())
                .filter(JobDefinition::tenantLed)
                .flatMap(job -> new TenantShards(handle, scope.job(), job).lastBatch(scope.tenant())));
    }

    /** Holds the shards of every paused tenant of a job: for a job that has just got shards. */
    public static void holdAll(Handle handle, long job, JobDefinition definition) {
        if (definition.tenantLed()) {
            var shards = new TenantShards(handle, job, definition);
            new ShardSplits(handle, job).begin();
            new ControlRepository(handle).pausedTenants(job).forEach(shards::hold);
        }
    }

    private static Optional<Instant> apply(
            Handle handle,
            Scope.Tenant scope,
            ControlRecord record,
            Optional<ControlPosition> position,
            PostgresControl.Audit audit) {
        var job = new JobStore(handle).definition(scope.job()).filter(JobDefinition::tenantLed);
        if (job.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("job", scope.job())
                    .addKeyValue("action", EventAction.CONTROL_REFUSED)
                    .log("control record for a tenant of a job whose shards do not follow tenants; skipped");
            return Optional.empty();
        }
        // First of all: a plan that is under way either sees the desired state, or is seen here.
        new ShardSplits(handle, scope.job()).begin();
        var storedAt = audit.record(handle, scope, record, position);
        if (storedAt.isEmpty()) {
            return storedAt;
        }
        var shards = new TenantShards(handle, scope.job(), job.get());
        if (record.state() == DesiredState.PAUSE) {
            shards.hold(scope.tenant());
        } else {
            shards.release(scope.tenant());
            // The shards that were held for this tenant may have rows of another paused tenant.
            new ControlRepository(handle).pausedTenants(scope.job()).forEach(shards::hold);
        }
        return storedAt;
    }
}
