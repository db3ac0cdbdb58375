package dev.backfleet.coordinator.operation;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What pausing, resuming and cancelling have in common, with or without a coordinator. A stop is said on the control topic,
 * so that workers obey between batches, and at the same time proven in PostgreSQL, which needs no word of Kafka for it. A
 * resume is stored first and said last: whatever fails on the way, what stood still goes on standing still.
 */
public final class ChangeControl {
    private final Lookup lookup;
    private final ControlStore store;
    private final ControlChannel channel;
    private final Ticker ticker;

    /** What the three of them need. */
    public ChangeControl(Lookup lookup, ControlStore store, ControlChannel channel, Ticker ticker) {
        this.lookup = lookup;
        this.store = store;
        this.channel = channel;
        this.ticker = ticker;
    }

    Lookup lookup() {
        return lookup;
    }

    /** Stops what a target means; with {@code wait}, waits for the proof that no row of it can change any more. */
    Stopped stop(Actor actor, ControlSubject target, Stop stop, @Nullable String reason, boolean wait) {
        var scope = lookup.scope(target);
        requireStoppable(scope, target, stop);
        var wish = new ControlRecord(stop.wanted, reason, actor.words());
        var started = ticker.now();
        var said = CompletableFuture.supplyAsync(() -> channel.publish(scope, wish));
        var stored = store.say(scope, wish, actor);
        var proof = wait ? Optional.of(store.prove(scope)) : Optional.<ControlStore.Proof>empty();
        var took = ticker.now().minus(started);
        var unheard = said.handle((position, failure) -> heard(scope, stored, position, failure))
                .join();
        return reached(target, stop, stopped(scope, proof, took, unheard));
    }

    /** Waits for the proof of a stop that was asked for before. */
    Stopped prove(ControlSubject target, Stop stop) {
        var scope = lookup.scope(target);
        var started = ticker.now();
        var proof = store.prove(scope);
        var took = ticker.now().minus(started);
        return reached(target, stop, stopped(scope, Optional.of(proof), took, Optional.empty()));
    }

    private Stopped stopped(Scope scope, Optional<ControlStore.Proof> proof, Duration took, Optional<String> unheard) {
        return new Stopped(
                scope,
                proof.map(ControlStore.Proof::state).orElseGet(() -> state(scope)),
                proof.map(ControlStore.Proof::holds),
                took,
                proof.flatMap(proven -> store.lastBatch(scope)),
                unheard);
    }

    // Only now is it known where the wish stands on the topic: older records count no more. It moves no job.
    private Optional<String> heard(
            Scope scope, Optional<Instant> said, @Nullable ControlPosition position, @Nullable Throwable failure) {
        if (position != null) {
            said.ifPresent(at -> store.published(scope, at, position));
        }
        return Optional.ofNullable(failure)
                .map(e -> e instanceof CompletionException && e.getCause() != null ? e.getCause() : e)
                .map(e -> String.valueOf(e.getMessage()));
    }

    /** Lets a scope run again, and gives the state that its job is in then; nothing for the fleet and for a tenant. */
    Optional<JobState> resume(Actor actor, Scope scope) {
        var wish = new ControlRecord(DesiredState.RUN, null, actor.words());
        var said = store.say(scope, wish, actor);
        var position = channel.publish(scope, wish);
        said.ifPresent(at -> store.published(scope, at, position));
        return state(scope);
    }

    private Optional<JobState> state(Scope scope) {
        return scope instanceof Scope.Job job ? Optional.of(lookup.state(job.id())) : Optional.empty();
    }

    private void requireStoppable(Scope scope, ControlSubject target, Stop stop) {
        if (!scope.equals(Scope.FLEET)) {
            var state = lookup.state(scope instanceof Scope.Tenant one ? one.job() : ((Scope.Job) scope).id());
            if (!stop.permits(state)) {
                throw new OperationRefused(Code.CONFLICT, stop.conflict(target, state), null);
            }
        }
    }

    // It may have ended by itself at the same moment.
    private static Stopped reached(ControlSubject target, Stop stop, Stopped stopped) {
        stopped.state().filter(state -> !stop.reached.contains(state)).ifPresent(state -> {
            throw new OperationRefused(Code.STALE, stop.conflict(target, state), null);
        });
        if (stopped.state().isEmpty() && !stopped.proven().orElse(true)) {
            throw new OperationRefused(
                    Code.STALE,
                    target.words() + " was resumed at the same moment, and runs",
                    "see who did it, and pause again");
        }
        return stopped;
    }

    /**
     * A way of stopping. A job that is still planned stops when it is.
     *
     * @param word what is then said of it
     * @param reached the states that answer it
     */
    record Stop(DesiredState wanted, String word, Set<JobState> reached) {
        static final Stop PAUSE =
                new Stop(DesiredState.PAUSE, "paused", Set.of(JobState.PAUSED, JobState.PAUSING, JobState.PLANNING));
        static final Stop CANCEL = new Stop(
                DesiredState.CANCEL, "cancelled", Set.of(JobState.CANCELLED, JobState.CANCELLING, JobState.PLANNING));

        private boolean permits(JobState state) {
            return reached.contains(state)
                    || !(state.isTerminal() || (state == JobState.HALTED && wanted == DesiredState.PAUSE));
        }

        private String conflict(ControlSubject target, JobState state) {
            return "job " + target.words() + " is " + state + ": it cannot be " + word;
        }
    }

    /**
     * What a stop gave.
     *
     * @param scope what was stopped, a tenant as PostgreSQL writes it
     * @param state the job's state now; nothing for the fleet and for a tenant
     * @param proven whether no row can change any more; nothing if that was not waited for
     * @param took from the wish to the proof
     * @param lastBatch when the last batch was committed, by the database's clock
     * @param unheard why the workers could not be told over Kafka; nothing if they could
     */
    public record Stopped(
            Scope scope,
            Optional<JobState> state,
            Optional<Boolean> proven,
            Duration took,
            Optional<Instant> lastBatch,
            Optional<String> unheard) {}
}
