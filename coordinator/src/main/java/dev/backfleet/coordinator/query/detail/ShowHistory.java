package dev.backfleet.coordinator.query.detail;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;

/** The query for what has happened to a job. */
public final class ShowHistory {

    /** How many entries may be asked for. */
    public static final int MOST = 10_000;

    private final Lookup lookup;
    private final Timelines timelines;

    public ShowHistory(Lookup lookup, Timelines timelines) {
        this.lookup = lookup;
        this.timelines = timelines;
    }

    /**
     * The newest entries of a job's history.
     *
     * @param job its id or name
     * @param limit how many, at most, from 1 to {@link #MOST}
     * @throws OperationRefused NOT_FOUND; INVALID if the limit is out of range
     */
    public Timeline run(String job, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        var id = lookup.job(job);
        return timelines.timeline(id, limit).orElseThrow(() -> Lookup.gone(id));
    }

    /** What is stored of the past. */
    @FunctionalInterface
    public interface Timelines {
        /** The newest entries, oldest first; nothing if there is no such job. */
        Optional<Timeline> timeline(long job, int limit);
    }
}
