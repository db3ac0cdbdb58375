package dev.backfleet.coordinator.query;

import dev.backfleet.common.unit.HumanTime;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session that is not of the fleet and holds a lock on a job's table that can be in the way of batches.
 *
 * @param pid its process id; null for a prepared transaction
 * @param user its user
 * @param application its application name; for a prepared transaction its identifier; null if it has none
 * @param state what it does, such as {@code idle in transaction}; null if this role may not see it
 * @param since when its transaction began; null if this role may not see it
 * @param lock the mode of the lock, as in {@code pg_locks}
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

    /** Who holds what, as a clause; PostgreSQL knows how long a transaction lasts, but not how long it has held a lock. */
    public String words(Instant now) {
        return holder() + " holds " + mode(lock) + " on " + table
                + (since == null ? "" : ", in a transaction that began " + HumanTime.age(since, now) + " ago");
    }

    /** Who it is: {@code pid 4711 (psql, app, idle in transaction)}. */
    public String holder() {
        var facts = Stream.of(pid == null ? null : application, user, state)
                .filter(fact -> fact != null && !fact.isEmpty())
                .collect(Collectors.joining(", "));
        return (pid == null ? "the prepared transaction " + application : "pid " + pid)
                + (facts.isEmpty() ? "" : " (" + facts + ")");
    }

    /** A mode of {@code pg_locks} as SQL writes it: {@code ACCESS EXCLUSIVE}. */
    public static String mode(String lock) {
        return lock.replaceFirst("Lock$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toUpperCase(Locale.ROOT);
    }
}
