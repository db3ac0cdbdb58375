package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Options;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Repeats the reconcile of a job, or ends the repetition. The leader begins each of them. */
public final class ScheduleReconcile {
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private final ReconcileJob reconcile;
    private final Store store;

    public ScheduleReconcile(ReconcileJob reconcile, Store store) {
        this.reconcile = reconcile;
        this.store = store;
    }

    /**
     * Sets how often a job is reconciled. The next one begins when the last one is older than that; not while one is unfinished.
     *
     * @param job the id or name of the job to check
     * @param every nothing: no more
     * @throws OperationRefused as {@link ReconcileJob#run}, except for an unfinished reconcile; INVALID if it is too often
     */
    public Scheduled run(Actor actor, String job, Optional<Duration> every, Options options) {
        every.filter(wanted -> wanted.compareTo(SHORTEST) < 0).ifPresent(wanted -> {
            throw new OperationRefused(
                    Code.INVALID, "a reconcile cannot be repeated more often than each minute", null);
        });
        var checked = every.isPresent() ? reconcile.checked(job, options) : reconcile.known(job);
        store.schedule(checked.id(), every, options, actor);
        return new Scheduled(
                checked.id(), checked.name(), every.map(Duration::toSeconds).orElse(null));
    }

    /**
     * What was stored.
     *
     * @param everySeconds null: the reconcile is not repeated
     */
    public record Scheduled(long job, String name, @Nullable Long everySeconds) {}

    /** The schedules. */
    @FunctionalInterface
    public interface Store {
        /** Stores how often a job is reconciled, and audits it, in one transaction. */
        void schedule(long job, Optional<Duration> every, Options options, Actor actor);
    }
}
