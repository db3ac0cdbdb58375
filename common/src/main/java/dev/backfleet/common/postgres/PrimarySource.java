package dev.backfleet.common.postgres;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.timeline.Timeline;
import dev.backfleet.common.timeline.Timelines;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Opens connections, and refuses those that lead to a former primary: a server on a lower timeline than one of the same
 * system that this process knows of. If the URL names several hosts, the others are tried then, each by itself, since
 * the driver would choose the same one again; and the first connection is compared with all of them.
 *
 * <p>It costs one statement for each new connection. Where the server does not tell its timeline, nothing is refused.
 */
final class PrimarySource extends PlainDataSource {
    private static final Logger LOG = LoggerFactory.getLogger(PrimarySource.class);

    // Any role may ask for both. A standby has no timeline of its own to compare: what it refuses, it refuses by
    // itself.
    private static final String TIMELINE = """
            select system_identifier::text,
                   case when not pg_catalog.pg_is_in_recovery()
                     then ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::bigint
                   end
            from pg_catalog.pg_control_system()
            """;

    // A host that does not answer must not hold up those that do.
    private static final String QUICK = "connectTimeout=1&loginTimeout=2&socketTimeout=2";

    /** That the client could not establish the connection: it counts as a database that cannot be reached. */
    private static final String UNABLE_TO_CONNECT = "08001";

    private final Timelines timelines;
    private final DataSource all;
    private final List<DataSource> single = new ArrayList<>();
    private final List<DataSource> probes = new ArrayList<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile boolean compared;

    /**
     * Connections to a database.
     *
     * @param url where it is, one host or several
     * @param sessions makes a source of sessions from a URL
     * @param timelines what the process knows
     */
    PrimarySource(String url, Function<String, DataSource> sessions, Timelines timelines) {
        this.timelines = timelines;
        this.all = sessions.apply(url);
        var hosts = DatabaseUrl.eachHost(url);
        if (hosts.size() > 1) {
            for (var host : hosts) {
                single.add(sessions.apply(host));
                probes.add(sessions.apply(host + (host.contains("?") ? "&" : "?") + QUICK));
            }
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        var connection = connect();
        if (compared) {
            return connection;
        }
        compared = true;
        if (isHighest(connection)) {
            return connection;
        }
        connection.close();
        return connect();
    }

    /** Asks each host for its timeline, once: a process that has just started does not know of a failover. */
    private boolean isHighest(Connection connection) throws SQLException {
        for (var host : probes) {
            try (var other = host.getConnection()) {
                var seen = timeline(other);
                if (seen.isPresent()) {
                    timelines.found(address(other), seen.get());
                    timelines.hears(seen.get());
                }
            } catch (SQLException e) {
                LOG.atDebug().addKeyValue("cause", e.getMessage()).log("a host of the URL does not tell its timeline");
            }
        }
        return timeline(connection).map(timelines::hears).orElse(true);
    }

    private Connection connect() throws SQLException {
        try {
            return admitted(all);
        } catch (FormerPrimaryException former) {
            for (var host : single) {
                try {
                    return admitted(host);
                } catch (SQLException e) {
                    former.addSuppressed(e);
                }
            }
            throw former;
        }
    }

    private Connection admitted(DataSource source) throws SQLException {
        var connection = source.getConnection();
        var admitted = false;
        try {
            var timeline = timeline(connection);
            if (timeline.isPresent() && !timelines.admits(timeline.get())) {
                throw former(connection, timeline.get());
            }
            admitted = true;
            return connection;
        } finally {
            if (!admitted) {
                connection.close();
            }
        }
    }

    private SQLException former(Connection connection, Timeline timeline) throws SQLException {
        var highest = timelines.highest(timeline.system()).orElse(timeline);
        var address = address(connection);
        if (DatabaseUrl.eachHost(address).size() == 1) {
            // With several it does not say which one it is; each of them is tried by itself then.
            timelines.found(address, timeline);
        }
        LOG.atLevel(told.add(address) ? Level.WARN : Level.DEBUG)
                .addKeyValue("server", address)
                .addKeyValue("timeline", timeline.number())
                .addKeyValue("known", highest.number())
                .log("connection refused: the server is a former primary");
        return new FormerPrimaryException(Timelines.words(address, timeline, highest));
    }

    // Without the parameters: whatever they are, they do not say where it is.
    private static String address(Connection connection) throws SQLException {
        var url = connection.getMetaData().getURL();
        var parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    // Asked in vain, it is as if nobody had asked: some services do not let their users know.
    private static Optional<Timeline> timeline(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(TIMELINE)) {
            row.next();
            var number = row.getLong(2);
            return row.wasNull() ? Optional.empty() : Optional.of(new Timeline(row.getString(1), number));
        } catch (SQLException e) {
            var state = String.valueOf(e.getSQLState());
            if (state.startsWith("42") || state.startsWith("0A")) {
                LOG.atDebug().addKeyValue("code", state).log("the server does not tell its timeline");
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The server was the primary once, and another one is now. */
    private static final class FormerPrimaryException extends SQLException {
        private static final long serialVersionUID = 1L;

        FormerPrimaryException(String message) {
            super(message, UNABLE_TO_CONNECT);
        }
    }
}
