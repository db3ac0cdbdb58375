package dev.backfleet.common.postgres;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.FailureTranslator;
import dev.backfleet.common.settings.DatabaseSettings;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.stored.UnreadableException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Says in one line why the database cannot be used: which one, what is wrong, and what to check. */
public final class ConnectionFailures implements FailureTranslator {

    private static final String LOCK_TIMEOUT = "55P03";

    @Override
    public Optional<CommandException> translate(Throwable failure, Optional<Settings> settings) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableException) {
                return Optional.of(
                        new CommandException(ExitCode.OTHER_VERSION, String.valueOf(cause.getMessage()), failure));
            }
        }
        var sql = deepest(failure);
        if (sql == null) {
            return Optional.empty();
        }
        var where = settings.flatMap(ConnectionFailures::database).orElse(null);
        var url = where == null ? "the database" : where.url();
        var user = where == null || where.user() == null ? "the user" : "user " + where.user();
        if (LOCK_TIMEOUT.equals(sql.getSQLState())) {
            return Optional.of(new CommandException(
                    ExitCode.TIMED_OUT,
                    url + ": somebody holds a lock that this needs, for longer than it may wait (" + serverMessage(sql)
                            + "); find out who, in pg_locks, and try again",
                    failure));
        }
        return Optional.ofNullable(reason(sql, failure, url, user))
                .map(reason -> new CommandException(ExitCode.CANNOT_CONNECT, reason, failure));
    }

    private static @Nullable String reason(SQLException sql, Throwable failure, String url, String user) {
        var state = String.valueOf(sql.getSQLState());
        return switch (state) {
            case "28P01" ->
                "cannot connect to %s: wrong password for %s; check BACKFLEET_DATABASE_USER and".formatted(url, user)
                        + " BACKFLEET_DATABASE_PASSWORD or BACKFLEET_DATABASE_PASSWORD_FILE";
            case "28000" ->
                "cannot connect to %s: the server refuses %s (%s); check BACKFLEET_DATABASE_USER and the"
                                .formatted(url, user, serverMessage(sql))
                        + " server's pg_hba.conf";
            case "3D000" ->
                "cannot connect to %s: the server has no such database; check the URL's last part".formatted(url);
            case "53300" ->
                "cannot connect to %s: the server has no connection left; end some, or raise its".formatted(url)
                        + " max_connections";
            case "57P03" ->
                "cannot connect to %s: the server is starting up, shutting down or recovering; try again".formatted(url)
                        + " in a moment";
            case "57P01", "57P02" ->
                "%s ended the connection: the server was stopped or somebody ended the session; try again in a moment"
                        .formatted(url);
            case "42501" ->
                "%s denies %s what this needs (%s); grant it, or connect as another user"
                        .formatted(url, user, serverMessage(sql));
            case "25006" ->
                "%s is read-only: a standby, or made so; connect to the primary, or wait until it takes writes again"
                        .formatted(url);
            case "3F000", "42P01" -> missing(sql, url);
            default -> state.startsWith("08") ? unreachable(sql, failure, url, user) : null;
        };
    }

    /** Only the control schema's absence is explained here: other tables are a matter of the spec. */
    private static @Nullable String missing(SQLException sql, String url) {
        return serverMessage(sql).contains("\"backfleet")
                ? url + " has no schema backfleet yet: start a coordinator, which creates it"
                : null;
    }

    private static String unreachable(SQLException sql, Throwable failure, String url, String user) {
        if (has(failure, UnknownHostException.class)) {
            return "cannot connect to %s: there is no such host; check BACKFLEET_DATABASE_URL".formatted(url);
        }
        if (has(failure, SSLException.class)) {
            return "cannot connect to %s: TLS failed (%s); check sslmode and sslrootcert in the URL"
                    .formatted(url, message(failure, SSLException.class));
        }
        if (has(failure, ConnectException.class)) {
            return "cannot connect to %s: nothing answers there (connection refused); check host and port in"
                            .formatted(url)
                    + " BACKFLEET_DATABASE_URL, and that PostgreSQL runs";
        }
        if (has(failure, SocketTimeoutException.class) || firstLine(sql).contains("timed out")) {
            return "cannot connect to %s: no answer in time; check host and port in BACKFLEET_DATABASE_URL, and the"
                            .formatted(url)
                    + " firewalls between";
        }
        if ("08004".equals(sql.getSQLState()) && firstLine(sql).contains("password")) {
            return "cannot connect to %s: the server wants a password for %s; set BACKFLEET_DATABASE_PASSWORD"
                            .formatted(url, user)
                    + " or BACKFLEET_DATABASE_PASSWORD_FILE";
        }
        return "cannot connect to %s: %s; check that PostgreSQL listens there and that the connection holds"
                .formatted(url, firstLine(sql));
    }

    private static Optional<DatabaseSettings> database(Settings settings) {
        try {
            return Optional.of(DatabaseSettings.from(settings));
        } catch (SettingsException e) {
            // Then the command connects to a database of its own.
            return Optional.empty();
        }
    }

    /** The pool wraps what the driver threw; what is deepest knows best. */
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

    /** What the server says, without the severity that the driver puts before it and the details after it. */
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
}
