package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.ControlStore;
import dev.backfleet.coordinator.operation.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Puts wishes into effect in the control schema. */
public final class PostgresControl implements ControlStore, Outbox.Store {
    private final Database database;
    private final TenantWishes tenants;

    /** Creates it, for somebody who waits until a tenant's wish is in effect. */
    public PostgresControl(Database database) {
        this(database, TenantWishes.ATTEMPTS);
    }

    /**
     * Creates it, for somebody who comes again.
     *
     * @param attempts how often a tenant's wish that gave way to others is tried with each call
     */
    public PostgresControl(Database database, int attempts) {
        this.database = database;
        this.tenants = new TenantWishes(database, attempts);
    }

    @Override
    public boolean apply(Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
        return store(scope, wish, position).isPresent();
    }

    @Override
    public Optional<Instant> say(Scope scope, ControlRecord wish) {
        return store(scope, wish, Optional.empty());
    }

    @Override
    public void published(Scope scope, Instant said, ControlPosition position) {
        database.jdbi().useHandle(handle -> new WishStore(handle).published(scope, said, position));
    }

    @Override
    public List<Outbox.Unpublished> unpublished() {
        return database.jdbi().withHandle(handle -> new WishStore(handle).unpublished());
    }

    private Optional<Instant> store(Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, wish, position);
        }
        return GivingWay.retried(() -> database.jdbi().inTransaction(handle -> {
            var wishes = new WishStore(handle);
            if (scope instanceof Scope.Job job) {
                wishes.begin(job.id());
            }
            var said = wishes.record(scope, wish, position);
            if (said.isPresent() && scope instanceof Scope.Job job) {
                PauseProtocol.want(handle, job.id(), wish);
            }
            return said;
        }));
    }

    @Override
    public Proof prove(Scope scope) {
        return database.jdbi().withHandle(handle -> {
            if (scope instanceof Scope.Job job) {
                return new Proof(
                        GivingWay.retried(
                                () -> PauseProtocol.prove(handle, job.id()).state()),
                        true);
            }
            if (scope.equals(Scope.FLEET)) {
                new ShardStore(handle).takeBack(Optional.empty());
            }
            // A tenant's rows stand still as soon as the wish is stored.
            return new Proof(
                    Optional.empty(),
                    new WishStore(handle)
                            .desired(scope)
                            .filter(DesiredState.RUN::equals)
                            .isEmpty());
        });
    }

    @Override
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
}
