package dev.backfleet.common.postgres;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.net.SocketTimeoutException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Commits that wait for a synchronous standby: the server answers reads, but confirms no commit until a standby that
 * {@code synchronous_standby_names} names has received it. A session that waits so holds its locks, also after its
 * client has gone; what it commits is applied when the wait is over.
 *
 * @param names the setting
 * @param connected the connected standbys, in words; null: there is none
 * @param hidden whether this role may not see which standbys are connected
 * @param confirms whether a connected standby is one that confirms commits
 * @param sessions how many sessions of Backfleet wait, as far as this role may see that
 * @param since when the first of them began to commit, in words; null: none of them waits
 * @param seconds how long ago that was
 */
public record CommitWait(
        String names,
        @Nullable String connected,
        boolean hidden,
        boolean confirms,
        int sessions,
        @Nullable String since,
        double seconds) {

    // Every role sees what its own sessions wait for. Without a waiting session, the settings and the list of standbys
    // tell that the next commit would wait.
    private static final String FIND = """
            select pg_catalog.current_setting('synchronous_standby_names') as names, r.connected, r.hidden, r.confirms,
                   w.sessions, w.since, w.seconds
            from (select count(*)::integer as sessions,
                         pg_catalog.to_char(min(query_start) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as since,
                         coalesce(extract(epoch from clock_timestamp() - min(query_start)), 0)::double precision as seconds
                  from pg_catalog.pg_stat_activity
                  where wait_event = 'SyncRep' and datname = current_database()
                    and pg_catalog.starts_with(application_name, 'backfleet')
                    and query_start < clock_timestamp() - make_interval(secs => :least)) w,
                 (select string_agg(format('%s (%s, %s)', application_name, state, sync_state), ', ' order by pid) as connected,
                         coalesce(bool_or(sync_state is null), false) as hidden,
                         coalesce(bool_or(sync_state in ('sync', 'quorum')), false) as confirms
                  from pg_catalog.pg_stat_replication) r
            where w.sessions > 0
               or not r.confirms and pg_catalog.current_setting('synchronous_standby_names') <> ''
                  and pg_catalog.current_setting('synchronous_commit') not in ('off', 'local')
                  and pg_catalog.pg_has_role('pg_read_all_stats', 'usage') and not pg_catalog.pg_is_in_recovery()
            """;

    /** A commit that takes longer than this does not only take its time. */
    private static final Duration LONG = Duration.ofSeconds(3);

    // A standby that is connected and slow will confirm; a command waits about as long by itself.
    private static final double TOO_LONG_SECONDS = 20;

    private static final Duration ANSWER = Duration.ofSeconds(3);

    private static final String OVER =
            "when a standby that synchronous_standby_names names is connected, or the setting was changed";

    /** The commits that have been waiting for seconds, or would; nothing if commits are confirmed. */
    public static Optional<CommitWait> find(Handle handle) {
        return find(handle, LONG);
    }

    private static Optional<CommitWait> find(Handle handle, Duration least) {
        return handle.createQuery(FIND)
                .bind("least", least.toMillis() / 1000.0)
                .map((row, context) -> read(row))
                .findOne();
    }

    private static CommitWait read(ResultSet row) throws SQLException {
        return new CommitWait(
                row.getString("names"),
                row.getString("connected"),
                row.getBoolean("hidden"),
                row.getBoolean("confirms"),
                row.getInt("sessions"),
                row.getString("since"),
                row.getDouble("seconds"));
    }

    /**
     * Checks, before anything is changed, that a commit would be confirmed. Otherwise the change would be made at some
     * time after the command has ended, and its session would hold locks until then.
     *
     * @throws ExplainedFailure {@link Kind#UNUSABLE} if commits wait, and no standby is connected that would end that
     */
    public static void refuse(Database database) {
        database.jdbi()
                .withHandle(CommitWait::find)
                .filter(wait -> !wait.confirms || wait.seconds > TOO_LONG_SECONDS)
                .ifPresent(wait -> {
                    throw new ExplainedFailure(
                            Kind.UNUSABLE, wait.words() + "; nothing was stored", "repeat the command " + OVER);
                });
    }

    /**
     * Waits until a commit would be confirmed.
     *
     * @throws ExplainedFailure {@link Kind#UNUSABLE} if it would still not be when the time is over
     */
    public static void await(Database database, StartWait wait) throws InterruptedException {
        wait.await(
                () -> database.jdbi().withHandle(CommitWait::find).map(CommitWait::words),
                what -> new ExplainedFailure(Kind.UNUSABLE, what, "start again " + OVER));
    }

    /**
     * The failure of a statement in words, if it is due to commits that wait: its own one, or that of a session whose
     * lock it needs.
     *
     * @param database where to ask
     * @return nothing if the statement did not time out, or no commit waits, or the database does not answer
     */
    public static Optional<ExplainedFailure> explain(Throwable failure, Database database) {
        var unanswered = has(failure, SocketTimeoutException.class);
        if (!unanswered && !isBehindLock(failure)) {
            return Optional.empty();
        }
        try {
            return database.jdbi()
                    .withHandle(handle -> find(handle, Duration.ofSeconds(1)))
                    .map(wait -> unanswered ? wait.unconfirmed(failure) : wait.behindLock(failure));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            return Optional.empty();
        }
    }

    /** How to ask about a database over a connection of its own, within seconds. */
    static Database.Profile profile() {
        return new Database.Profile("backfleet-commit-wait", 1, List.of(), ANSWER);
    }

    private ExplainedFailure unconfirmed(Throwable failure) {
        return new ExplainedFailure(
                Kind.TIMED_OUT,
                "the server did not confirm the commit: " + words() + "; the change is applied " + OVER,
                "look at 'backfleet jobs' and 'backfleet status JOB' before you repeat the command",
                failure);
    }

    private ExplainedFailure behindLock(Throwable failure) {
        return new ExplainedFailure(
                Kind.TIMED_OUT,
                "a session that waits to commit holds a lock that this needs: " + words(),
                "repeat the command " + OVER,
                failure);
    }

    /** What waits for what, since when, and how many sessions of Backfleet do. */
    public String words() {
        return "commits wait for a synchronous standby" + (since == null ? "" : " since " + since)
                + (sessions == 0 ? "" : " (" + sessions + (sessions == 1 ? " session)" : " sessions)"))
                + ": synchronous_standby_names is '" + names + "', and " + standbys();
    }

    private String standbys() {
        if (hidden) {
            return "this role may not see which standbys are connected";
        }
        return connected == null ? "no standby is connected" : "connected: " + connected;
    }

    private static boolean isBehindLock(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && SqlStateCodes.LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        var cause = failure;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }
}
