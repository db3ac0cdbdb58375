package dev.backfleet.coordinator.notify;

import dev.backfleet.coordinator.problem.JobReport;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The data of an event, in the order of the JSON; names and order are an interface. Never a row's value or key.
 *
 * @param summary what has happened, as a sentence without a period
 * @param job the job; null: the event is of the fleet
 * @param actor who asked for it; null: nobody did
 * @param reason why, as far as it is known
 * @param before the state before, for example; see the type
 * @param after the state after, for example; see the type
 * @param reconcile what a reconcile has found; null in events of other types
 * @param statusAt when the status was read, shortly after the event; null: without a status
 * @param status the job's status, as {@code backfleet status -o json} has it; null: without
 */
public record EventData(
        String summary,
        @Nullable Job job,
        @Nullable String actor,
        @Nullable String reason,
        @Nullable String before,
        @Nullable String after,
        @Nullable Reconcile reconcile,
        @Nullable Instant statusAt,
        @Nullable JobReport status) {

    /**
     * A job.
     *
     * @param id its id
     * @param name its name
     * @param table its table, quoted where needed; null if the job is gone
     */
    public record Job(long id, String name, @Nullable String table) {}

    /**
     * What a reconcile has found.
     *
     * @param job the id of the reconcile
     * @param verdict SAFE, DRIFT or INCOMPLETE
     * @param missing rows that the job has left out
     * @param different rows with other values
     * @param failed rows for which no value could be computed
     */
    public record Reconcile(
            long job,
            String verdict,
            @Nullable Long missing,
            @Nullable Long different,
            @Nullable Long failed) {}

    /** The same without the status, which may be long. */
    EventData withoutStatus() {
        return new EventData(summary, job, actor, reason, before, after, reconcile, null, null);
    }
}
