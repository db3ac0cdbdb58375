package dev.backfleet.common.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.statement.ParameterParser;
import dev.backfleet.common.postgres.statement.PlainQuery;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jspecify.annotations.Nullable;

/** Connections to the target database, each with {@link SessionSettings} applied: a pool, or a single connection. */
public final class Database implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LOGIN = Duration.ofSeconds(8);

    private final ConnectionFactory connections;
    private final UnaryOperator<Jdbi> setup;
    private final List<SessionSource> sessions;
    private final Timelines timelines;
    private final Runnable renewal;
    private final Consumer<Connection> eviction;
    private final Runnable end;
    private volatile @Nullable Jdbi jdbi;

    private Database(
            ConnectionFactory connections,
            UnaryOperator<Jdbi> setup,
            List<SessionSource> sessions,
            Timelines timelines,
            Runnable renewal,
            Consumer<Connection> eviction,
            Runnable end) {
        this.connections = connections;
        this.setup = setup;
        this.sessions = List.copyOf(sessions);
        this.timelines = timelines;
        this.renewal = renewal;
        this.eviction = eviction;
        this.end = end;
    }

    /**
     * Opens a pool; connections are opened on demand.
     *
     * @param settings where the database is
     * @param profile name, number and setup of the connections
     */
    public static Database open(DatabaseSettings settings, Profile profile) {
        return open(settings, profile, new Timelines());
    }

    /**
     * Opens a pool that checks timelines; connections are opened on demand.
     *
     * @param settings where the database is
     * @param profile name, number and setup of the connections
     * @param timelines decides which servers are former primaries; connections to one that becomes one are closed
     */
    public static Database open(DatabaseSettings settings, Profile profile, Timelines timelines) {
        var sessions = new ArrayList<SessionSource>();
        var config = new HikariConfig();
        config.setPoolName("backfleet");
        config.setDataSource(source(settings, profile, timelines, sessions));
        config.setMaximumPoolSize(profile.connections());
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(CONNECT.toMillis() / 2);
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverrideClassName(StaleServer.class.getName());
        var pool = new HikariDataSource(config);
        timelines.onFailover(() -> pool.getHikariPoolMXBean().softEvictConnections());
        return new Database(
                pool::getConnection,
                UnaryOperator.identity(),
                sessions,
                timelines,
                () -> Optional.ofNullable(pool.getHikariPoolMXBean()).ifPresent(HikariPoolMXBean::softEvictConnections),
                pool::evictConnection,
                pool::close);
    }

    /**
     * A single connection, for use by one thread. After it was lost, the next statement reconnects at once; a pool
     * would back off for longer and longer.
     *
     * @param settings where the database is
     * @param profile name and setup of the connection; the number of connections is ignored
     * @param timelines decides which servers are former primaries; a connection to one that becomes one is closed
     */
    public static Database single(DatabaseSettings settings, Profile profile, Timelines timelines) {
        var sessions = new ArrayList<SessionSource>();
        var line = new SingleConnection(source(settings, profile, timelines, sessions));
        timelines.onFailover(line::doubt);
        return new Database(
                line,
                jdbi -> jdbi.setSqlLogger(line),
                sessions,
                timelines,
                line::close,
                connection -> line.close(),
                line::close);
    }

    /**
     * The connections of a command, which ends soon: one that stays open, and a further one only while two are needed. An
     * rejected user, password or database name is an error at once; other failures to connect are retried for five seconds.
     *
     * @param settings where the database is
     * @param profile name and setup of the connections; their number is ignored
     */
    public static Database ofCommand(DatabaseSettings settings, Profile profile) {
        var sessions = new ArrayList<SessionSource>();
        var timelines = new Timelines();
        var connections = new CommandConnections(
                source(settings, profile, timelines, sessions), Ticker.system(), Sleeper.system());
        timelines.onFailover(connections::renew);
        return new Database(
                connections,
                UnaryOperator.identity(),
                sessions,
                timelines,
                connections::renew,
                CommandConnections::closeQuietly,
                connections::close);
    }

    // Jdbi would add the statement and its parameters to the message of each error, and so to logs. No statement is a
    // template of Jdbi's.
    private static Jdbi withoutStatements(Jdbi jdbi) {
        return jdbi.configure(StatementExceptions.class, errors -> errors.setMessageRendering(MessageRendering.NONE))
                .configure(SqlStatements.class, statements -> statements
                        .setTemplateEngine(TemplateEngine.NOP)
                        .setSqlParser(new ParameterParser()));
    }

    private static DataSource source(
            DatabaseSettings settings, Profile profile, Timelines timelines, List<SessionSource> sessions) {
        return new PrimarySource(
                settings.url(),
                url -> {
                    var source = new SessionSource(settings, url, session(profile), properties(profile));
                    sessions.add(source);
                    return source;
                },
                timelines);
    }

    // Shorter than the response timeout: a session whose client has given up goes on waiting for its lock, and each
    // further attempt would leave another such session behind, until the server has no connection left.
    private static List<String> session(Profile profile) {
        var session = new ArrayList<String>();
        session.add("set lock_timeout = " + responseTimeout(profile).toMillis() * 4 / 5);
        session.addAll(profile.session());
        return session;
    }

    private static Properties properties(Profile profile) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", profile.applicationName());
        // A statement that is sent for hours is worth preparing from the start.
        properties.setProperty("prepareThreshold", "1");
        var response = responseTimeout(profile);
        properties.setProperty("socketTimeout", seconds(response));
        properties.setProperty("connectTimeout", seconds(shorter(response, CONNECT)));
        properties.setProperty("loginTimeout", seconds(shorter(response, LOGIN)));
        return properties;
    }

    // The driver knows only whole seconds.
    private static Duration responseTimeout(Profile profile) {
        return Duration.ofSeconds(Math.max(1, profile.responseTimeout().toSeconds()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String seconds(Duration duration) {
        return String.valueOf(duration.toSeconds());
    }

    /**
     * Replaces the open connections: the next statements are sent over new ones. For use after an outage, which may
     * have left dead connections; a connection in use is closed when it is returned.
     */
    public void renew() {
        renewal.run();
    }

    /** As {@link #renew}, but also aborts connections in use: a thread that waits for an answer fails at once. */
    public void abort() {
        renewal.run();
        sessions.forEach(SessionSource::abort);
    }

    /**
     * Closes a connection that is in use, so that it is not used again.
     *
     * @param connection a connection of this database
     */
    public void evict(Connection connection) {
        eviction.accept(connection);
    }

    /** Whether the server accepts writes: it is neither a standby nor set to read-only. Writes nothing. */
    public boolean takesWrites() {
        return jdbi().withHandle(
                        handle -> handle.createQuery("select not current_setting('transaction_read_only')::boolean")
                                .mapTo(Boolean.class)
                                .one());
    }

    /** The former primaries among the URL's hosts that accept writes, in words for a person, as of the last check. */
    public List<String> formerPrimaries() {
        return timelines.formerPrimaries();
    }

    /** The statements' library, made when it is first asked for: a status does without it. */
    public Jdbi jdbi() {
        var made = jdbi;
        return made == null ? makeJdbi() : made;
    }

    private synchronized Jdbi makeJdbi() {
        var made = jdbi;
        if (made == null) {
            made = setup.apply(withoutStatements(Jdbi.create(connections))).installPlugin(new PostgresPlugin());
            jdbi = made;
        }
        return made;
    }

    /**
     * Reads over a connection, without Jdbi. After a failure the connection is not used again.
     *
     * @throws ConnectionException with the driver's exception
     */
    public <T> T read(PlainQuery.Read<T> read) {
        try {
            var connection = connections.openConnection();
            try {
                return read.over(connection);
            } catch (SQLException e) {
                evict(connection);
                throw e;
            } finally {
                connections.closeConnection(connection);
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    @Override
    public void close() {
        end.run();
    }

    /**
     * Name, number and setup of connections.
     *
     * @param applicationName what pg_stat_activity shows
     * @param connections the most connections at a time
     * @param session statements for each new session, after the pinned settings
     * @param responseTimeout how long the server may take to respond before the connection counts as lost; a statement
     *     waits for a lock for four fifths of it, unless {@code session} says otherwise
     */
    public record Profile(String applicationName, int connections, List<String> session, Duration responseTimeout) {
        public Profile {
            session = List.copyOf(session);
        }
    }
}
