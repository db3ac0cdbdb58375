package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlStore;
import dev.backfleet.coordinator.operation.Outbox;
import dev.backfleet.coordinator.postgres.catalog.ConflictRetry;
import dev.backfleet.coordinator.postgres.job.AuditStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Puts wishes into effect in the control schema. */
public final class PostgresControl implements ControlStore, Outbox.Store {
    private final Database database;
    private final TenantPauses tenants;

    /** Creates it, for somebody who waits until a tenant's wish is in effect. */
    public PostgresControl(Database database) {
        this(database, TenantPauses.ATTEMPTS);
    }

    /**
     * Creates it, for somebody who comes again.
     *
     * @param attempts how often a tenant's wish that gave way to others is tried with each call
     */
    public PostgresControl(Database database, int attempts) {
        this.database = database;
        this.tenants = new TenantPauses(database, attempts);
    }

    @Override
    public boolean apply(Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
        var audit = new Audit(Actor.controlTopic(wish.by()), true);
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, wish, position, audit).isPresent();
        }
        return ConflictRetry.retried(
                        () -> database.jdbi().inTransaction(handle -> store(handle, scope, wish, position, audit)))
                .isPresent();
    }

    @Override
    public Optional<Instant> say(Scope scope, ControlRecord wish, Actor actor) {
        var audit = new Audit(actor, false);
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, wish, Optional.empty(), audit);
        }
        try {
            return ConflictRetry.retried(
                    () -> database.jdbi().inTransaction(handle -> store(handle, scope, wish, Optional.empty(), audit)));
        } catch (JobIsOverException e) {
            return Optional.empty();
        }
    }

    @Override
    public void published(Scope scope, Instant said, ControlPosition position) {
        database.jdbi().useHandle(handle -> new ControlRepository(handle).published(scope, said, position));
    }

    @Override
    public List<Outbox.Unpublished> unpublished() {
        return database.jdbi().withHandle(handle -> new ControlRepository(handle).unpublished());
    }

    private static Optional<Instant> store(
            Handle handle, Scope scope, ControlRecord wish, Optional<ControlPosition> position, Audit audit) {
        var wishes = new ControlRepository(handle);
        if (scope instanceof Scope.Job job) {
            wishes.begin(job.id());
        }
        var said = audit.record(handle, scope, wish, position);
        if (said.isPresent() && scope instanceof Scope.Job job) {
            // It may have ended since it was looked at. What is on the topic is stored in any case, for its place
            // there.
            if (!audit.unlessSaid && isOver(handle, job.id())) {
                throw new JobIsOverException();
            }
            PauseProtocol.want(handle, job.id(), wish);
        }
        return said;
    }

    private static boolean isOver(Handle handle, long job) {
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
                new ShardStore(handle).takeBack(Optional.empty());
            }
            // A tenant's rows stand still as soon as the wish is stored.
            return new Proof(
                    Optional.empty(),
                    new ControlRepository(handle)
                            .desired(scope)
                            .filter(DesiredState.RUN::equals)
                            .isEmpty());
        });
    }

    /** A job's state. */
    public Optional<JobState> state(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).state(job));
    }

    @Override
    public Optional<Instant> lastBatch(Scope scope) {
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.lastBatch(tenant);
        }
        var job = scope instanceof Scope.Job one ? Optional.of(one.id()) : Optional.<Long>empty();
        return database.jdbi().withHandle(handle -> new ShardStore(handle).lastBatch(job));
    }

    /** Takes back a transaction about a job that is over. */
    private static final class JobIsOverException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Under whose name a wish is stored.
     *
     * @param unlessSaid whether only what was not stored yet is written down: the control topic repeats what commands, which
     *     audit it themselves, have stored
     */
    record Audit(Actor actor, boolean unlessSaid) {

        /** Stores a wish and audits it; when it was said, or nothing if a newer one was stored already. */
        Optional<Instant> record(Handle handle, Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
            var wishes = new ControlRepository(handle);
            var isKnown = unlessSaid && wishes.isSaid(scope, wish);
            var said = wishes.record(scope, wish, position);
            if (said.isPresent() && !isKnown) {
                new AuditStore(handle).said(scope, actor, wish);
            }
            return said;
        }
    }
}
