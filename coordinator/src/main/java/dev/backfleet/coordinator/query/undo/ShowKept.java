package dev.backfleet.coordinator.query.undo;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.undo.Kept;
import java.util.List;
import java.util.Optional;

/** Answers what a job has kept and, after an undo, which rows were not put back. */
public final class ShowKept {
    /** From so many rows on, they are not counted. */
    public static final int MOST_COUNTED = 1_000_000;

    /** How many keys are told. */
    public static final int KEYS = 20;

    private final Lookup lookup;
    private final Store store;

    public ShowKept(Lookup lookup, Store store) {
        this.lookup = lookup;
        this.store = store;
    }

    /**
     * The answer.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND
     */
    public KeptReport run(String job) {
        return store.report(lookup.job(job)).orElseThrow();
    }

    /**
     * What is left.
     *
     * @param rows rows of which values are kept, at most {@link #MOST_COUNTED}; after an undo those that were not put back, since
     *     others have changed or deleted them after the job
     * @param bytes their room on the disk, with that of rows that were put back and not vacuumed
     * @param keys some of them
     */
    public record KeptReport(Kept kept, long rows, long bytes, List<Key> keys) {
        public KeptReport {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A row.
     *
     * @param table its table, or partition, quoted where it must be
     * @param key the values of its key, as text
     */
    public record Key(String table, List<String> key) {
        public Key {
            key = List.copyOf(key);
        }
    }

    /** What jobs have kept. */
    @FunctionalInterface
    public interface Store {
        /** Of a job; nothing if there is no such job. */
        Optional<KeptReport> report(long job);
    }
}
