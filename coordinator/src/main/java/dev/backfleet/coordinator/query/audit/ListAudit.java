package dev.backfleet.coordinator.query.audit;

import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query for who changed what. */
public final class ListAudit {

    /** How many rows may be asked for. */
    public static final int MOST = 10_000;

    private final Rows rows;

    public ListAudit(Rows rows) {
        this.rows = rows;
    }

    /**
     * The newest rows that fit, oldest first.
     *
     * @throws OperationRefused INVALID if the limit is out of range; NOT_FOUND if a job or migration is named of which the audit has no row
     */
    public Listed run(Filter filter) {
        if (filter.limit < 1 || filter.limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        var job = filter.job;
        if (job != null && !rows.knows(job)) {
            throw new OperationRefused(
                    Code.NOT_FOUND,
                    "no job and no migration " + job,
                    "'backfleet audit' without a name lists the rows of all");
        }
        var found = rows.newestFirst(filter, filter.limit + 1);
        var shown = found.subList(0, Math.min(filter.limit, found.size()));
        var oldestFirst = new ArrayList<>(shown);
        Collections.reverse(oldestFirst);
        return new Listed(oldestFirst, found.size() > filter.limit);
    }

    /**
     * Which rows.
     *
     * @param job the id or name of a job, also of one that was deleted, or the name of a migration, whose flag's and job's rows are
     *     among those; null: all rows
     * @param who part of who asked for it, of the role or of the client, in any case; null: anybody
     * @param action the action, such as {@code pause}; null: any
     * @param from when at the earliest; null: at any time
     * @param age how long ago at most, by the database's clock; null: at any time
     * @param limit how many, at most
     */
    public record Filter(
            @Nullable String job,
            @Nullable String who,
            @Nullable String action,
            @Nullable Instant from,
            @Nullable Duration age,
            int limit) {}

    /**
     * What was found.
     *
     * @param entries the rows, oldest first
     * @param older whether there are older ones, which were left out
     */
    public record Listed(List<AuditEntry> entries, boolean older) {
        public Listed {
            entries = List.copyOf(entries);
        }
    }

    /** The stored rows. */
    public interface Rows {
        /** Whether there is such a job or migration, or a row about one. */
        boolean knows(String job);

        /** The rows that fit, newest first. */
        List<AuditEntry> newestFirst(Filter filter, int limit);
    }
}
