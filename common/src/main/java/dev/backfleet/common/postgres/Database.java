package dev.backfleet.common.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;

/** Connections to the target database, each with {@link SessionSettings} applied: a pool of them, or a single one. */
public final class Database implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LOGIN = Duration.ofSeconds(8);

    private final Jdbi jdbi;
    private final List<SessionSource> sessions;
    private final Timelines timelines;
    private final Runnable renewal;
    private final Consumer<Connection> eviction;
    private final Runnable end;

    private Database(
            Jdbi jdbi,
            List<SessionSource> sessions,
            Timelines timelines,
            Runnable renewal,
            Consumer<Connection> eviction,
            Runnable end) {
        this.jdbi = jdbi.installPlugin(new PostgresPlugin());
        this.sessions = List.copyOf(sessions);
        this.timelines = timelines;
        this.renewal = renewal;
        this.eviction = eviction;
        this.end = end;
    }

    /**
     * Opens a pool; connections are made when they are needed.
     *
     * @param settings where the database is
     * @param profile who connects, and how
     */
    public static Database open(DatabaseSettings settings, Profile profile) {
        return open(settings, profile, new Timelines());
    }

    /**
     * Opens a pool that takes part in what the process knows of timelines; connections are made when they are needed.
     *
     * @param settings where the database is
     * @param profile who connects, and how
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
                Jdbi.create(pool),
                sessions,
                timelines,
                () -> Optional.ofNullable(pool.getHikariPoolMXBean()).ifPresent(HikariPoolMXBean::softEvictConnections),
                pool::evictConnection,
                pool::close);
    }

    /**
     * A single connection, for use by one thread. When it was lost, the next statement connects anew at once: a pool would
     * first wait for longer and longer.
     *
     * @param settings where the database is
     * @param profile who connects, and how; the number of connections has no meaning
     * @param timelines decides which servers are former primaries; a connection to one that becomes one is closed
     */
    public static Database single(DatabaseSettings settings, Profile profile, Timelines timelines) {
        var sessions = new ArrayList<SessionSource>();
        var line = new SingleConnection(source(settings, profile, timelines, sessions));
        timelines.onFailover(line::doubt);
        return new Database(
                Jdbi.create(line).setSqlLogger(line),
                sessions,
                timelines,
                line::close,
                connection -> line.close(),
                line::close);
    }

    private static DataSource source(
            DatabaseSettings settings, Profile profile, Timelines timelines, List<SessionSource> sessions) {
        return new PrimarySource(
                settings.url(),
                url -> {
                    var source = new SessionSource(settings, url, profile.session(), properties(profile));
                    sessions.add(source);
                    return source;
                },
                timelines);
    }

    private static Properties properties(Profile profile) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", profile.applicationName());
        // A statement that is sent for hours is worth preparing at once.
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("socketTimeout", seconds(profile.silence()));
        properties.setProperty("connectTimeout", seconds(shorter(profile.silence(), CONNECT)));
        properties.setProperty("loginTimeout", seconds(shorter(profile.silence(), LOGIN)));
        return properties;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String seconds(Duration duration) {
        return String.valueOf(Math.max(1, duration.toSeconds()));
    }

    /**
     * Lets the connections go that are open: the next statements are sent over new ones. For use after an outage, which may
     * have left dead ones; those in use are let go afterwards.
     */
    public void renew() {
        renewal.run();
    }

    /** As {@link #renew}, but what is in use is ended too: who waits for an answer learns at once that none will come. */
    public void abort() {
        renewal.run();
        sessions.forEach(SessionSource::abort);
    }

    /**
     * Ends a session that is in use, so that nobody gets it again.
     *
     * @param connection a connection of this database
     */
    public void evict(Connection connection) {
        eviction.accept(connection);
    }

    /** Whether the server takes writes: it is no standby, and nobody has made it read-only. Nothing is written. */
    public boolean takesWrites() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select not current_setting('transaction_read_only')::boolean")
                        .mapTo(Boolean.class)
                        .one());
    }

    /** The former primaries among the hosts of the URL that take writes, in words for a person; as they were found last. */
    public List<String> formerPrimaries() {
        return timelines.formerPrimaries();
    }

    /** The way to send statements. */
    public Jdbi jdbi() {
        return jdbi;
    }

    @Override
    public void close() {
        end.run();
    }

    /**
     * Who connects, and how.
     *
     * @param applicationName what pg_stat_activity shows
     * @param connections the most connections at a time
     * @param session statements that set each new session up, after the pinned ones
     * @param silence how long the server may say nothing before the connection counts as lost
     */
    public record Profile(String applicationName, int connections, List<String> session, Duration silence) {
        /** Copies the list. */
        public Profile {
            session = List.copyOf(session);
        }
    }
}
