package dev.backfleet.coordinator.ddl;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that holds a lock, or waits for one, on a table.
 *
 * @param transaction names the transaction for as long as it lasts; another one of the same session has another name
 * @param pid its server process; null: a prepared transaction
 * @param user its user, or who has prepared it; null: not known
 * @param application its {@code application_name}; null: none, or not known
 * @param activity what it does, such as {@code active} or {@code idle in transaction}; null: not known
 * @param kind what kind of session it is
 * @param age how long the transaction has been open; null: this role may not see it
 * @param mode its strongest lock on the table
 * @param granted whether it holds the lock; otherwise it waits for it
 * @param table the table, for people
 */
public record LockHolder(
        String transaction,
        @Nullable Integer pid,
        @Nullable String user,
        @Nullable String application,
        @Nullable String activity,
        Kind kind,
        @Nullable Duration age,
        LockMode mode,
        boolean granted,
        String table) {

    /** What kind of session holds a lock. */
    public enum Kind {
        CLIENT,
        /** The server cancels it for one who waits longer than {@code deadlock_timeout}. */
        AUTOVACUUM,
        /** The server does not cancel it. */
        WRAPAROUND_VACUUM,
        /** Ends only by COMMIT PREPARED or ROLLBACK PREPARED. */
        PREPARED
    }

    /** In one line, such as {@code pid 4711, user reporting, application psql, idle in transaction for 12 min, AccessShareLock on public.t}. */
    public String words() {
        var who = kind == Kind.PREPARED
                ? "prepared transaction " + transaction
                : (kind == Kind.CLIENT
                                ? ""
                                : kind == Kind.AUTOVACUUM ? "autovacuum, " : "autovacuum to prevent wraparound, ")
                        + "pid " + pid;
        return Stream.of(
                        who,
                        user == null ? "" : "user " + user,
                        application == null || application.isEmpty() ? "" : "application " + application,
                        state(),
                        (granted ? "holds " : "waits for ") + mode.catalogName() + " on " + table)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private String state() {
        var open = age;
        var what = activity == null ? "in a transaction" : activity;
        return open == null ? what : what + ", its transaction open for " + seconds(open);
    }

    private static String seconds(Duration age) {
        var seconds = age.toSeconds();
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
