package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.command.ControlStore;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Puts wishes into effect in the control schema. */
public final class PostgresControl implements ControlStore {
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
        if (scope instanceof Scope.Tenant tenant) {
            return tenants.apply(tenant, wish, position);
        }
        return database.jdbi().inTransaction(handle -> {
            if (!new WishStore(handle).record(scope, wish, position)) {
                return false;
            }
            if (scope instanceof Scope.Job job) {
                move(handle, job.id(), wish);
            }
            return true;
        });
    }

    @Override
    public void quiet(Scope scope) {
        // A tenant is quiet as soon as its wish is applied.
        database.jdbi().useHandle(handle -> {
            if (scope instanceof Scope.Job job) {
                quiet(handle, job.id());
            } else if (scope.equals(Scope.FLEET)) {
                Quiet.fleet(handle);
            }
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

    private static void quiet(Handle handle, long job) {
        var state = new JobStore(handle).state(job);
        if (state.equals(Optional.of(JobState.PAUSING))) {
            Quiet.job(handle, job, JobState.PAUSED);
        } else if (state.equals(Optional.of(JobState.CANCELLING))) {
            Quiet.job(handle, job, JobState.CANCELLED);
        }
    }

    // What the job's state does not permit is no error here: the wish is stored, and the state tells what came of it.
    private static void move(Handle handle, long job, ControlRecord wish) {
        var jobs = new JobStore(handle);
        var reason = reason(wish);
        switch (wish.state()) {
            case PAUSE -> {
                if (!jobs.move(job, Set.of(JobState.RUNNING), JobState.PAUSING, reason, null)) {
                    new TroubleStore(handle).overrule(job, reason);
                }
            }
            case RUN -> {
                if (!jobs.move(job, Set.of(JobState.PAUSING, JobState.PAUSED), JobState.RUNNING, null, null)) {
                    new PinStore(handle).resume(job);
                }
            }
            case CANCEL -> {
                // A job that is being planned has nothing under way yet.
                if (!jobs.move(job, Set.of(JobState.PLANNING), JobState.CANCELLED, reason, null)) {
                    jobs.move(
                            job,
                            Set.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED),
                            JobState.CANCELLING,
                            reason,
                            null);
                }
            }
        }
    }

    private static String reason(ControlRecord wish) {
        var verb = wish.state() == DesiredState.PAUSE ? "paused" : "cancelled";
        var by = wish.by() == null ? "over the control topic" : "by " + wish.by();
        return verb + " " + by + (wish.reason() == null ? "" : ": " + wish.reason());
    }
}
