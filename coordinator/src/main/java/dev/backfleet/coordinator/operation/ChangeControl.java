package dev.backfleet.coordinator.operation;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Pauses, resumes and cancels, with or without a coordinator. A stop is said on the control topic, so that workers obey
 * between batches, and at the same time proven in PostgreSQL, which needs no word of Kafka for it. A resume is stored
 * first and said last: whatever fails on the way, what stood still goes on standing still.
 */
public final class ChangeControl {
    private final ControlStore store;
    private final ControlChannel channel;
    private final Ticker ticker;

    /** Creates the action. */
    public ChangeControl(ControlStore store, ControlChannel channel, Ticker ticker) {
        this.store = store;
        this.channel = channel;
        this.ticker = ticker;
    }

    /**
     * Stops a scope: {@link DesiredState#PAUSE} or {@link DesiredState#CANCEL}.
     *
     * @param wait whether to wait for the proof that no row can change any more
     */
    public Stopped stop(Scope scope, ControlRecord wish, boolean wait) {
        var started = ticker.now();
        var said = CompletableFuture.supplyAsync(() -> channel.publish(scope, wish));
        var stored = store.say(scope, wish);
        var proof = wait ? Optional.of(store.prove(scope)) : Optional.<ControlStore.Proof>empty();
        var took = ticker.now().minus(started);
        var unheard = said.handle((position, failure) -> heard(scope, stored, position, failure))
                .join();
        var lastBatch = wait ? store.lastBatch(scope) : Optional.<Instant>empty();
        return new Stopped(
                proof.map(ControlStore.Proof::state).orElseGet(() -> state(scope)),
                proof.map(ControlStore.Proof::holds),
                took,
                lastBatch,
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

    /**
     * Lets a scope run again.
     *
     * @throws RuntimeException if the workers could not be told; the leading coordinator tells them when Kafka is back
     */
    public Optional<JobState> resume(Scope scope, ControlRecord wish) {
        var said = store.say(scope, wish);
        var position = channel.publish(scope, wish);
        said.ifPresent(at -> store.published(scope, at, position));
        return state(scope);
    }

    private Optional<JobState> state(Scope scope) {
        return scope instanceof Scope.Job job ? store.state(job.id()) : Optional.empty();
    }

    /** A wish of the command line. */
    public static ControlRecord wish(DesiredState state, @Nullable String reason) {
        return new ControlRecord(state, reason, System.getProperty("user.name"));
    }

    /**
     * What a stop gave.
     *
     * @param state the job's state now; nothing for the fleet
     * @param proven whether no row can change any more; nothing if that was not waited for
     * @param took from the wish to the proof
     * @param lastBatch when the last batch was committed, by the database's clock
     * @param unheard why the workers could not be told over Kafka; nothing if they could
     */
    public record Stopped(
            Optional<JobState> state,
            Optional<Boolean> proven,
            Duration took,
            Optional<Instant> lastBatch,
            Optional<String> unheard) {}
}
