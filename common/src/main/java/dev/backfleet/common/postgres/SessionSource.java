package dev.backfleet.common.postgres;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.WeakHashMap;
import org.postgresql.Driver;
import org.postgresql.core.v3.ConnectionFactoryImpl;
import org.postgresql.core.v3.QueryExecutorImpl;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PgResultSet;
import org.postgresql.jdbc.PgStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions: each with the password that its file contains now, and with {@link SessionSettings} applied before it
 * is returned.
 */
public final class SessionSource extends PlainDataSource {
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

    private final Driver driver = new Driver();
    private final DatabaseSettings settings;
    private final String url;
    private final Properties properties;
    private final List<String> session;
    private final Interval say = new Interval(SAY_AGAIN, Ticker.system());
    private final Set<Connection> sessions =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private volatile boolean opened;

    /**
     * A source of sessions of one kind.
     *
     * @param url where to connect to: the settings' URL, or one host of it
     * @param session statements that set each session up, after the pinned settings
     * @param properties the driver's properties; they override the settings' defaults, and the URL overrides them
     */
    SessionSource(DatabaseSettings settings, String url, List<String> session, Properties properties) {
        this.settings = settings;
        this.url = url;
        this.session = List.copyOf(session);
        this.properties = properties;
    }

    /** Begins to load the driver's classes, on a thread that nobody waits for: the first session loads what is missing. */
    public static void beginToLoadDriver() {
        var thread = new Thread(SessionSource::loadDriver, "driver-start");
        thread.setDaemon(true);
        thread.start();
    }

    private static void loadDriver() {
        for (var type : List.of(
                Driver.class,
                PgConnection.class,
                ConnectionFactoryImpl.class,
                QueryExecutorImpl.class,
                PgStatement.class,
                PgResultSet.class)) {
            try {
                Class.forName(type.getName());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A source of sessions for the settings' URL. */
    public static SessionSource of(DatabaseSettings settings, String applicationName) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", applicationName);
        return new SessionSource(settings, settings.url(), List.of(), properties);
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            var connection = connect();
            setUp(connection);
            opened = true;
            sessions.add(connection);
            return connection;
        } catch (SQLException e) {
            tell(e);
            throw e;
        }
    }

    /** Aborts all sessions without contacting the server, which may be unreachable. */
    void abort() {
        List<Connection> all;
        synchronized (sessions) {
            all = List.copyOf(sessions);
            sessions.clear();
        }
        for (var session : all) {
            try {
                session.abort(Runnable::run);
            } catch (SQLException e) {
                log().atDebug().setCause(e).log("a session could not be aborted");
            }
        }
    }

    private Connection connect() throws SQLException {
        var all = new Properties();
        try {
            all.putAll(settings.driverProperties());
        } catch (SettingsException e) {
            throw new SQLException(e.getMessage(), SqlStateCodes.WRONG_PASSWORD, e);
        }
        all.putAll(properties);
        var connection = driver.connect(url, all);
        if (connection == null) {
            throw new SQLException("not a PostgreSQL URL: " + url, SqlStateCodes.UNABLE_TO_CONNECT);
        }
        return connection;
    }

    private void setUp(Connection connection) throws SQLException {
        var isSetUp = false;
        try (var statement = connection.createStatement()) {
            statement.execute(SessionSettings.statement(connection.getMetaData().getDatabaseMajorVersion(), session));
            isSetUp = true;
        } catch (SQLException e) {
            throw SqlStateCodes.NO_PERMISSION.equals(e.getSQLState()) ? denied(e) : e;
        } finally {
            if (!isSetUp) {
                connection.close();
            }
        }
    }

    private SQLException denied(SQLException e) {
        var what =
                "%s: the role or the database has a default that changes what a session does, and this role may not change it back (%s)"
                        .formatted(url, String.valueOf(e.getMessage()).replaceFirst("^(ERROR|FATAL): ", ""));
        var explained = new ExplainedFailure(
                Kind.UNUSABLE,
                what,
                "let a superuser run: alter role ... reset <parameter>, alter database ... reset <parameter>, or grant set"
                        + " on parameter <parameter> to the role",
                e);
        return new SQLException(explained.getMessage(), SqlStateCodes.NO_PERMISSION, explained);
    }

    /**
     * Logs what a person must fix, once at least one session was opened before: at the start, the command itself
     * reports the error.
     */
    private void tell(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        if (opened && (SqlStateCodes.isAuthorization(state) || SqlStateCodes.NO_PERMISSION.equals(state)) && isDue()) {
            log().atWarn()
                    .addKeyValue("code", state)
                    .addKeyValue("cause", String.valueOf(e.getMessage()))
                    .log("the server rejects new sessions; the password file is read again for each attempt");
        }
    }

    private boolean isDue() {
        synchronized (say) {
            return say.isDue();
        }
    }

    // Not a constant: a command that logs nothing need not make logging ready.
    private static Logger log() {
        return LoggerFactory.getLogger(SessionSource.class);
    }
}
