package dev.backfleet.common.postgres;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.CertificateProblem;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.stored.UnreadableException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Explains in one line why the database cannot be used: which one, what is wrong, and what to check. */
public final class ConnectionFailures implements FailureTranslator {

    // A rejected connection is the driver's own, when the server asks for a password and there is none.
    private static final Set<String> REFUSALS = Set.of(
            SqlStateCodes.WRONG_PASSWORD,
            SqlStateCodes.USER_REJECTED,
            SqlStateCodes.NO_DATABASE,
            SqlStateCodes.CONNECTION_REJECTED);

    @Override
    public Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableException) {
                return Optional.of(
                        new ExplainedFailure(Kind.OTHER_VERSION, String.valueOf(cause.getMessage()), null, failure));
            }
        }
        var sql = deepest(failure);
        if (sql == null) {
            return Optional.empty();
        }
        var where = settings.flatMap(ConnectionFailures::database).orElse(null);
        var url = where == null ? "the database" : where.url();
        var user = where == null || where.user() == null ? "the user" : "user " + where.user();
        if (SqlStateCodes.LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
            return Optional.of(new ExplainedFailure(
                    Kind.TIMED_OUT,
                    url + ": another session holds a lock that this needs, for longer than the lock timeout ("
                            + serverMessage(sql) + ")",
                    "find the session in pg_locks and try again",
                    failure));
        }
        if (SqlStateCodes.CANCELLED.equals(sql.getSQLState())) {
            return Optional.of(new ExplainedFailure(
                    Kind.TIMED_OUT,
                    url + " ended a statement of this before it was done (" + serverMessage(sql) + ")",
                    "see in pg_stat_activity what loads the server, and try again",
                    failure));
        }
        return Optional.ofNullable(reason(sql, failure, url, user))
                .map(reason -> new ExplainedFailure(Kind.UNUSABLE, reason.what, reason.remedy, failure));
    }

    /** Whether the server rejected the user, the password, or the database's name: it may well serve other clients. */
    public static boolean isRefusal(Throwable failure) {
        var sql = deepest(failure);
        return sql != null && REFUSALS.contains(String.valueOf(sql.getSQLState()));
    }

    private static @Nullable Reason reason(SQLException sql, Throwable failure, String url, String user) {
        var state = String.valueOf(sql.getSQLState());
        var connect = "cannot connect to " + url + ": ";
        return switch (state) {
            case SqlStateCodes.WRONG_PASSWORD ->
                new Reason(
                        connect + "wrong password for " + user,
                        "check BACKFLEET_DATABASE_USER and BACKFLEET_DATABASE_PASSWORD or"
                                + " BACKFLEET_DATABASE_PASSWORD_FILE");
            case SqlStateCodes.USER_REJECTED ->
                new Reason(
                        connect + "the server rejects " + user + " (" + serverMessage(sql) + ")",
                        "check BACKFLEET_DATABASE_USER and the server's pg_hba.conf");
            case SqlStateCodes.NO_DATABASE ->
                new Reason(connect + "the server has no such database", "check the URL's last part");
            case SqlStateCodes.TOO_MANY_CONNECTIONS ->
                new Reason(connect + "the server has no free connection", "end some, or raise its max_connections");
            case SqlStateCodes.CANNOT_CONNECT_NOW ->
                new Reason(connect + "the server is starting up, shutting down or recovering", "try again in a moment");
            case SqlStateCodes.ADMIN_SHUTDOWN, SqlStateCodes.CRASH_SHUTDOWN ->
                new Reason(
                        url + " ended the connection: the server was stopped, or the session was terminated",
                        "try again in a moment");
            case SqlStateCodes.NO_PERMISSION ->
                new Reason(
                        url + " denies " + user + " a permission that this needs (" + serverMessage(sql) + ");",
                        "grant it ('backfleet grants' prints what roles need), or connect as another user");
            case SqlStateCodes.READ_ONLY ->
                new Reason(
                        url + " is read-only: a standby, or set to read-only",
                        "connect to the primary, or wait until it accepts writes again");
            case SqlStateCodes.NO_SCHEMA, SqlStateCodes.NO_TABLE -> missing(sql, url);
            default -> SqlStateCodes.isConnection(state) ? unreachable(sql, failure, connect, user) : null;
        };
    }

    /** Only a missing control schema is explained here; other missing tables are problems of the spec. */
    private static @Nullable Reason missing(SQLException sql, String url) {
        return serverMessage(sql).contains("\"backfleet")
                ? new Reason(url + " has no schema backfleet yet", "start a coordinator, which creates it")
                : null;
    }

    private static Reason unreachable(SQLException sql, Throwable failure, String connect, String user) {
        if (has(failure, UnknownHostException.class)) {
            return new Reason(connect + "there is no such host", "check BACKFLEET_DATABASE_URL");
        }
        var certificate = CertificateProblem.of(failure);
        if (certificate.isPresent()) {
            return new Reason(connect + certificate.get().words(), remedy(certificate.get()));
        }
        if (firstLine(sql).contains("SSL root certificate file")) {
            return new Reason(connect + firstLine(sql), "check sslrootcert in the URL");
        }
        if (has(failure, SSLException.class)) {
            return new Reason(
                    connect + "TLS failed (" + message(failure, SSLException.class) + ")",
                    "check sslmode and sslrootcert in the URL");
        }
        if (has(failure, ConnectException.class)) {
            return new Reason(
                    connect + "no server listens there (connection refused)",
                    "check host and port in BACKFLEET_DATABASE_URL, and that PostgreSQL runs");
        }
        if (has(failure, SocketTimeoutException.class) || firstLine(sql).contains("timed out")) {
            return new Reason(
                    connect + "no answer in time",
                    isOfTheNetwork(failure)
                            ? "check host and port in BACKFLEET_DATABASE_URL, and the firewalls in between"
                            : "check that the server is not frozen or overloaded; then host and port in"
                                    + " BACKFLEET_DATABASE_URL, and the firewalls in between");
        }
        if (SqlStateCodes.CONNECTION_REJECTED.equals(sql.getSQLState())
                && firstLine(sql).contains("password")) {
            return new Reason(
                    connect + "the server wants a password for " + user,
                    "set BACKFLEET_DATABASE_PASSWORD or BACKFLEET_DATABASE_PASSWORD_FILE");
        }
        return new Reason(
                connect + firstLine(sql), "check that PostgreSQL listens there and that the connection holds");
    }

    private static String remedy(CertificateProblem problem) {
        return switch (problem) {
            case EXPIRED -> "have it renewed on the server";
            case NOT_YET_VALID -> "compare them";
            case UNKNOWN_AUTHORITY -> "name the file with the authority's certificate by sslrootcert in the URL";
            case OTHER_HOST ->
                "connect by a name that the certificate has, or have one issued for the name in BACKFLEET_DATABASE_URL";
        };
    }

    // Not even the connection was accepted, which the system does for a server that is frozen. The messages are Java's
    // own.
    private static boolean isOfTheNetwork(Throwable failure) {
        return has(failure, SocketTimeoutException.class)
                && message(failure, SocketTimeoutException.class)
                        .toLowerCase(Locale.ROOT)
                        .contains("connect timed out");
    }

    static Optional<DatabaseSettings> database(Settings settings) {
        try {
            return Optional.of(DatabaseSettings.from(settings));
        } catch (SettingsException e) {
            // Without settings, the command connects to a database of its own.
            return Optional.empty();
        }
    }

    /** The pool wraps the driver's exception; the deepest exception has the cause. */
    private static @Nullable SQLException deepest(Throwable failure) {
        SQLException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                found = sql;
            }
        }
        return found;
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return find(failure, type) != null;
    }

    private static String message(Throwable failure, Class<? extends Throwable> type) {
        var found = find(failure, type);
        return found == null ? "" : firstLine(found);
    }

    private static @Nullable Throwable find(Throwable failure, Class<? extends Throwable> type) {
        var cause = failure;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The server's message, without the severity that the driver puts before it and the details after it. */
    private static String serverMessage(SQLException sql) {
        if (sql instanceof PSQLException driver && driver.getServerErrorMessage() != null) {
            return Objects.requireNonNullElse(driver.getServerErrorMessage().getMessage(), "");
        }
        return firstLine(sql);
    }

    private static String firstLine(Throwable failure) {
        var message = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        return message.lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }

    /** Why the database cannot be used, and what to do about it. */
    private record Reason(String what, String remedy) {}
}
