package dev.backfleet.coordinator.query.quarantine;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;

/** The query for the rows of a job in quarantine, a page at a time. */
public final class ListQuarantine {

    /** How many rows a page may have. */
    public static final int MOST = 1_000;

    private final Lookup lookup;
    private final Pages pages;

    public ListQuarantine(Lookup lookup, Pages pages) {
        this.lookup = lookup;
        this.pages = pages;
    }

    /**
     * Rows in the order in which they were quarantined.
     *
     * @param job its id or name
     * @param after the number of the row before the first; 0: from the beginning
     * @param limit how many, at most, from 1 to {@link #MOST}
     * @throws OperationRefused NOT_FOUND; INVALID if the limit is out of range
     */
    public QuarantinePage run(String job, long after, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        return pages.page(lookup.job(job), after, limit);
    }

    /** The stored rows in quarantine. */
    @FunctionalInterface
    public interface Pages {
        /** Some rows of a job, those after a number. */
        QuarantinePage page(long job, long after, int limit);
    }
}
