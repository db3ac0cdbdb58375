package dev.backfleet.coordinator.notify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as the transaction has written it that changed the state, with what the audit of that transaction has.
 *
 * @param id its id; those of a job ascend in the order in which they happened
 * @param at when, by the database's clock
 * @param type as it is stored, see {@link EventType#text}; {@code reconcile} if a reconcile has ended, whose verdict is to be asked for
 * @param job the job's id; null: the fleet
 * @param jobName the job's name; null: the fleet
 * @param before the state before, or the id of the reconcile
 * @param after the state after
 * @param reason why, as far as it is known
 * @param actor who asked for it; null: nobody did
 */
public record StoredEvent(
        long id,
        Instant at,
        String type,
        @Nullable Long job,
        @Nullable String jobName,
        @Nullable String before,
        @Nullable String after,
        @Nullable String reason,
        @Nullable String actor) {

    /** Whether it says that a reconcile has ended. */
    public boolean isReconcile() {
        return type.equals("reconcile");
    }
}
