package dev.backfleet.coordinator.query;

import dev.backfleet.common.unit.HumanTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session that is not of the fleet and holds a lock on a job's table that can be in the way of batches.
 *
 * @param pid its process id; null for a prepared transaction
 * @param user its user
 * @param application its application name; for a prepared transaction its identifier; null if it has none
 * @param state what it does, such as {@code idle in transaction}; null if this role may not see it
 * @param since when its transaction began; null if this role may not see it
 * @param lock the mode of the lock
 * @param table the table
 */
public record Blocker(
        @Nullable Integer pid,
        @Nullable String user,
        @Nullable String application,
        @Nullable String state,
        @Nullable Instant since,
        String lock,
        String table) {

    /** Who holds what, as a clause. */
    public String words() {
        return (pid == null ? "a prepared transaction" : "session " + pid) + " (user " + user
                + (application == null || application.isEmpty()
                        ? ""
                        : (pid == null ? ", identifier " : ", application ") + application)
                + (state == null ? "" : ", " + state)
                + (since == null ? "" : ", its transaction began " + HumanTime.moment(since))
                + ") holds " + lock + " on " + table;
    }
}
