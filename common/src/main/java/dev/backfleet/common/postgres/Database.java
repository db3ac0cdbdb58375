package dev.backfleet.common.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfleet.common.settings.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;

/** A pool of connections to the target database, each with {@link SessionSettings} applied. */
public final class Database implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(HikariDataSource pool) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
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
        var config = new HikariConfig();
        config.setPoolName("backfleet");
        config.setDataSource(new PrimarySource(
                settings.url(),
                url -> new SessionSource(settings, url, profile.session(), properties(profile)),
                timelines));
        config.setMaximumPoolSize(profile.connections());
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(CONNECT.toMillis() / 2);
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverrideClassName(StaleServer.class.getName());
        var pool = new HikariDataSource(config);
        timelines.onFailover(() -> pool.getHikariPoolMXBean().softEvictConnections());
        return new Database(pool);
    }

    private static Properties properties(Profile profile) {
        var properties = new Properties();
        properties.setProperty("ApplicationName", profile.applicationName());
        // A statement that is sent for hours is worth preparing at once.
        properties.setProperty("prepareThreshold", "1");
        properties.setProperty("socketTimeout", String.valueOf(profile.silence().toSeconds()));
        return properties;
    }

    /** The way to send statements. */
    public Jdbi jdbi() {
        return jdbi;
    }

    @Override
    public void close() {
        pool.close();
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
