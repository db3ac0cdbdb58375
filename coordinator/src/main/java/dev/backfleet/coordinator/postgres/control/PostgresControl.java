package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.control.Outbox;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.control.ControlStore;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.ConflictRetry;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Stores desired states in the control schema, and puts them into effect. */
public final class PostgresControl implements ControlStore, Outbox.Store {
    private final Database database;
    private final TenantPauses tenants;

    /** For a command, which waits until a tenant's pause is in effect. */
    public PostgresControl(Database database) {
        this(database, TenantPauses.ATTEMPTS);
    }

    /**
     * For a duty, which tries again in its next round.
     *
     * @param attempts how often each call tries to isolate a tenant, after conflicts with other transactions
     */
    public PostgresControl(Database database, int attempts) {
        this.database = database;
        this.tenants = new TenantPauses(database, attempts);
    }

    @Override
    public boolean apply(Scope scope, ControlRecord record, Optional<ControlPosition> position) {
        var place = position.map(at -> "topic " + at.topicId() + " offset " + at.offset());
        var audit = new Audit(Actor.controlTopic(record.by(), place.orElse(null)), true);
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, record, position, audit).isPresent();
        }
        return ConflictRetry.retried(
                        () -> database.jdbi().inTransaction(handle -> store(handle, scope, record, position, audit)))
                .isPresent();
    }

    @Override
    public Optional<Instant> request(Scope scope, ControlRecord record, Actor actor) {
        CommitWait.refuse(database);
        var audit = new Audit(actor, false);
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, record, Optional.empty(), audit);
        }
        try {
            return ConflictRetry.retried(() ->
                    database.jdbi().inTransaction(handle -> store(handle, scope, record, Optional.empty(), audit)));
        } catch (JobHasEndedException e) {
            return Optional.empty();
        }
    }

    @Override
    public void published(Scope scope, Instant storedAt, ControlPosition position) {
        database.jdbi().useHandle(handle -> new ControlRepository(handle).published(scope, storedAt, position));
    }

    @Override
    public List<Outbox.Unpublished> unpublished() {
        return database.jdbi().withHandle(handle -> new ControlRepository(handle).unpublished());
    }

    private static Optional<Instant> store(
            Handle handle, Scope scope, ControlRecord record, Optional<ControlPosition> position, Audit audit) {
        var repository = new ControlRepository(handle);
        if (scope instanceof Scope.Job job) {
            repository.begin(job.id());
        }
        var storedAt = audit.record(handle, scope, record, position);
        if (storedAt.isPresent() && scope instanceof Scope.Job job) {
            // The job may have ended since it was checked. A record of the topic is stored in any case, with its
            // offset.
            if (!audit.unlessStored && hasEnded(handle, job.id())) {
                throw new JobHasEndedException();
            }
            PauseProtocol.want(handle, job.id(), record);
        }
        return storedAt;
    }

    private static boolean hasEnded(Handle handle, long job) {
        return new JobStore(handle)
                .lockUnlessPlanning(job)
                .filter(JobState::isTerminal)
                .isPresent();
    }

    @Override
    public Proof prove(Scope scope) {
        return database.jdbi().withHandle(handle -> {
            if (scope instanceof Scope.Job job) {
                return new Proof(
                        ConflictRetry.retried(
                                () -> PauseProtocol.prove(handle, job.id()).state()),
                        true);
            }
            if (scope.equals(Scope.FLEET)) {
                PauseProtocol.proveFleet(handle);
            }
            // No row of a tenant changes after the transaction that has stored its pause.
            return new Proof(
                    Optional.empty(),
                    new ControlRepository(handle)
                            .desired(scope)
                            .filter(DesiredState.RUN::equals)
                            .isEmpty());
        });
    }

    @Override
    public List<Hold> holds(Scope scope) {
        return database.jdbi().withHandle(handle -> new ControlRepository(handle).holds(scope));
    }

    @Override
    public Optional<Instant> lastBatch(Scope scope) {
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.lastBatch(tenant);
        }
        var job = scope instanceof Scope.Job one ? Optional.of(one.id()) : Optional.<Long>empty();
        return database.jdbi().withHandle(handle -> new ShardStore(handle).lastBatch(job));
    }

    /** Rolls back a transaction about a job that has ended. */
    private static final class JobHasEndedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * How a record is audited.
     *
     * @param unlessStored whether a record that is already stored, or changes nothing, is not audited: the control topic repeats
     *     the records of commands, which were audited when the command stored them
     */
    record Audit(Actor actor, boolean unlessStored) {

        /** Stores a record and audits it; returns the time of storing, or nothing if a newer one is already stored. */
        Optional<Instant> record(Handle handle, Scope scope, ControlRecord record, Optional<ControlPosition> position) {
            var repository = new ControlRepository(handle);
            var changes = changes(handle, scope, record);
            var isKnown = unlessStored && (!changes || repository.isStored(scope, record));
            var storedAt = repository.record(scope, record, position);
            if (storedAt.isPresent() && !isKnown) {
                new AuditStore(handle).controlled(scope, actor, record, changes);
            }
            return storedAt;
        }

        // A record for a job that has ended does nothing, nor does a resume of what was not held.
        private static boolean changes(Handle handle, Scope scope, ControlRecord record) {
            if (scope instanceof Scope.Job job
                    && new JobStore(handle)
                            .state(job.id())
                            .filter(JobState::isTerminal)
                            .isPresent()) {
                return false;
            }
            var repository = new ControlRepository(handle);
            repository.lock(scope);
            return record.state() != DesiredState.RUN
                    || repository.holds(scope).stream()
                            .anyMatch(hold -> hold.scope().equals(scope));
        }
    }
}
