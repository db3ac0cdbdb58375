package dev.backfleet.coordinator.operation.undo;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import java.util.Optional;

/** Removes the values that a finished job has kept: it cannot be undone afterwards. */
public final class DropKept {
    private final Lookup lookup;
    private final Store store;

    public DropKept(Lookup lookup, Store store) {
        this.lookup = lookup;
        this.store = store;
    }

    /**
     * Removes them.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; INVALID if the job keeps nothing; NOT_NOW if it, or an undo of it, is unfinished
     */
    public Dropped run(Actor actor, String job) {
        var id = lookup.job(job);
        var kept = store.kept(id).orElseThrow();
        kept.requireAtRest("its values can be dropped");
        return new Dropped(id, kept.name(), store.drop(id, actor));
    }

    /**
     * What was done.
     *
     * @param bytes how much room the values had
     */
    public record Dropped(long job, String name, long bytes) {}

    /** The values that jobs have kept. */
    public interface Store {
        /** What a job has kept; nothing if there is no such job. */
        Optional<Kept> kept(long job);

        /** Removes the values of a job, and audits it, in one transaction; how much room they had. */
        long drop(long job, Actor actor);
    }
}
