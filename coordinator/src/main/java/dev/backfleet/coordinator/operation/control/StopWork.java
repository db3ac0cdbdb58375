package dev.backfleet.coordinator.operation.control;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Pauses a job, one tenant of it or the whole fleet until it is resumed, or cancels a job; with or without a coordinator. A stop is
 * published on the control topic, so that workers stop between batches, and at the same time proven in PostgreSQL, which does not
 * depend on Kafka.
 */
public final class StopWork {
    private final Lookup lookup;
    private final ControlStore store;
    private final ControlChannel channel;
    private final Ticker ticker;

    public StopWork(Lookup lookup, ControlStore store, ControlChannel channel, Ticker ticker) {
        this.lookup = lookup;
        this.store = store;
        this.channel = channel;
        this.ticker = ticker;
    }

    /**
     * Pauses.
     *
     * @param reason why; shown in the status
     * @param wait whether to wait until it is proven that no more rows can change
     * @throws OperationRefused NOT_FOUND; INVALID for a tenant of a job whose shards do not follow tenants; CONFLICT if the
     *     job has ended or is HALTED; STALE if it ended or was resumed at the same moment
     * @throws StopUnconfirmedException if the database fails; the pause may be published all the same
     */
    public Stopped pause(Actor actor, ControlSubject target, @Nullable String reason, boolean wait) {
        return stop(actor, target, Stop.PAUSE, reason, wait);
    }

    /**
     * Ends a job; what was changed stays changed, and another job can use its name.
     *
     * @param job its id or name
     * @param reason why; shown in the job's status
     * @param wait whether to wait until it is proven that no more rows can change
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job has ended; STALE if it ended at the same moment
     * @throws StopUnconfirmedException if the database fails; the cancel may be published all the same
     */
    public Stopped cancel(Actor actor, String job, @Nullable String reason, boolean wait) {
        return stop(actor, ControlSubject.job(job), Stop.CANCEL, reason, wait);
    }

    private Stopped stop(Actor actor, ControlSubject target, Stop stop, @Nullable String reason, boolean wait) {
        var scope = lookup.scope(target);
        requireStoppable(scope, target, stop);
        var record = new ControlRecord(stop.wanted, reason, actor.words());
        var started = ticker.now();
        var published = CompletableFuture.supplyAsync(() -> channel.publish(scope, record));
        Stopped stopped;
        try {
            var stored = store.request(scope, record, actor);
            var proof = wait ? Optional.of(store.prove(scope)) : Optional.<ControlStore.Proof>empty();
            var took = ticker.now().minus(started);
            var unpublished = published
                    .handle((position, failure) -> storePosition(scope, stored, position, failure))
                    .join();
            stopped = stopped(scope, proof, took, unpublished);
        } catch (OperationRefused e) {
            throw e;
        } catch (RuntimeException e) {
            var unpublished = published
                    .handle((position, failure) -> Optional.ofNullable(failure).map(StopWork::words))
                    .join();
            throw new StopUnconfirmedException(PauseByTopic.words(stop.noun, stop.word, target, unpublished), e);
        }
        return reached(target, stop, stopped);
    }

    private Stopped stopped(
            Scope scope, Optional<ControlStore.Proof> proof, Duration took, Optional<String> unpublished) {
        return new Stopped(
                scope,
                proof.map(ControlStore.Proof::state).orElseGet(() -> lookup.state(scope)),
                proof.map(ControlStore.Proof::holds),
                took,
                proof.flatMap(proven -> store.lastBatch(scope)),
                unpublished);
    }

    // The position on the topic is known only now: from here on older records are ignored. This moves no job.
    private Optional<String> storePosition(
            Scope scope, Optional<Instant> storedAt, @Nullable ControlPosition position, @Nullable Throwable failure) {
        if (position != null) {
            storedAt.ifPresent(at -> store.published(scope, at, position));
        }
        return Optional.ofNullable(failure).map(StopWork::words);
    }

    private static String words(Throwable failure) {
        var cause = failure.getCause();
        return String.valueOf((failure instanceof CompletionException && cause != null ? cause : failure).getMessage());
    }

    private void requireStoppable(Scope scope, ControlSubject target, Stop stop) {
        if (!scope.equals(Scope.FLEET)) {
            var state = lookup.state(scope instanceof Scope.Tenant one ? one.job() : ((Scope.Job) scope).id());
            if (!stop.permits(state)) {
                throw new OperationRefused(Code.CONFLICT, stop.conflict(target, state), null);
            }
        }
    }

    // The job may have ended at the same moment.
    private static Stopped reached(ControlSubject target, Stop stop, Stopped stopped) {
        stopped.state().filter(state -> !stop.reached.contains(state)).ifPresent(state -> {
            throw new OperationRefused(Code.STALE, stop.conflict(target, state), null);
        });
        if (stopped.state().isEmpty() && !stopped.proven().orElse(true)) {
            throw new OperationRefused(
                    Code.STALE,
                    target.words() + " was resumed at the same moment, and runs",
                    "check who resumed it, and pause again");
        }
        return stopped;
    }

    /**
     * A way of stopping. A job in state PLANNING stops when it is planned.
     *
     * @param noun the stop in messages
     * @param word its participle
     * @param reached the states in which the stop counts as done
     */
    private record Stop(DesiredState wanted, String noun, String word, Set<JobState> reached) {
        static final Stop PAUSE = new Stop(
                DesiredState.PAUSE, "pause", "paused", Set.of(JobState.PAUSED, JobState.PAUSING, JobState.PLANNING));
        static final Stop CANCEL = new Stop(
                DesiredState.CANCEL,
                "cancel",
                "cancelled",
                Set.of(JobState.CANCELLED, JobState.CANCELLING, JobState.PLANNING));

        private boolean permits(JobState state) {
            return reached.contains(state)
                    || !(state.isTerminal() || (state == JobState.HALTED && wanted == DesiredState.PAUSE));
        }

        private String conflict(ControlSubject target, JobState state) {
            return "job " + target.words() + " is " + state + ": it cannot be " + word;
        }
    }

    /**
     * The database failed before a stop was confirmed; the cause says how. The message says whether the stop is published on the
     * control topic, and what to do, as one sentence for the operator.
     */
    public static final class StopUnconfirmedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        StopUnconfirmedException(String message, RuntimeException failure) {
            super(message, failure);
            this.failure = failure;
        }

        /** The failure of the database. */
        public RuntimeException failure() {
            return failure;
        }
    }

    /**
     * The result of a stop.
     *
     * @param scope the scope that was stopped, a tenant as PostgreSQL writes it
     * @param state the job's state now; nothing for the fleet and for a tenant
     * @param proven whether it is proven that no more rows can change; nothing if the operation did not wait for it
     * @param took from the request to the proof
     * @param lastBatch when the last batch was committed, by the database's clock
     * @param unpublished why the workers could not be informed over Kafka; nothing if they could
     */
    public record Stopped(
            Scope scope,
            Optional<JobState> state,
            Optional<Boolean> proven,
            Duration took,
            Optional<Instant> lastBatch,
            Optional<String> unpublished) {}
}
