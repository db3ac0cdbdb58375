package dev.backfleet.common.postgres;

import dev.backfleet.common.error.SqlStateCodes;
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
 * Opens connections, and rejects connections to a former primary: a server on a lower timeline than another server of
 * the same system that this process knows of. If the URL names several hosts, the other hosts are then tried one by
 * one, since the driver would choose the same host again. The first connection's timeline is compared with those of all
 * hosts.
 *
 * <p>The check costs one statement for each new connection. If the server does not report its timeline, no connection
 * is rejected.
 */
final class PrimarySource extends PlainDataSource {

    // Any role may query both. A standby has no timeline of its own to compare; it rejects writes by itself.
    private static final String TIMELINE = """
            select system_identifier::text,
                   case when not pg_catalog.pg_is_in_recovery()
                     then ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::bigint
                   end
            from pg_catalog.pg_control_system()
            """;

    // A host that does not answer must not delay the check of the others.
    private static final String QUICK = "connectTimeout=1&loginTimeout=2&socketTimeout=2";

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
     * @param sessions makes a data source for a URL
     * @param timelines the timelines that the process knows
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

    /**
     * Asks each host for its timeline, once: a process that has just started does not know about an earlier failover.
     */
    private boolean isHighest(Connection connection) throws SQLException {
        for (var host : probes) {
            try (var other = host.getConnection()) {
                var seen = timeline(other);
                if (seen.isPresent()) {
                    timelines.found(address(other), seen.get());
                    timelines.admitsLeader(seen.get());
                }
            } catch (SQLException e) {
                log().atDebug()
                        .addKeyValue("cause", e.getMessage())
                        .log("a host of the URL does not report its timeline");
            }
        }
        return timeline(connection).map(timelines::admitsLeader).orElse(true);
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
            // With several hosts, the driver does not report which one it chose; then each host is tried separately.
            timelines.found(address, timeline);
        }
        log().atLevel(told.add(address) ? Level.WARN : Level.DEBUG)
                .addKeyValue("server", address)
                .addKeyValue("timeline", timeline.number())
                .addKeyValue("known", highest.number())
                .log("connection refused: the server is a former primary");
        return new FormerPrimaryException(Timelines.words(address, timeline, highest));
    }

    // Without the parameters, which do not belong to the address.
    private static String address(Connection connection) throws SQLException {
        var url = connection.getMetaData().getURL();
        var parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    // If the query fails, the check is skipped: some managed services do not permit it.
    private static Optional<Timeline> timeline(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(TIMELINE)) {
            row.next();
            var number = row.getLong(2);
            return row.wasNull() ? Optional.empty() : Optional.of(new Timeline(row.getString(1), number));
        } catch (SQLException e) {
            var state = String.valueOf(e.getSQLState());
            if (SqlStateCodes.isAboutStatement(state)) {
                log().atDebug().addKeyValue("code", state).log("the server does not report its timeline");
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The server is a former primary: another server is the primary now. */
    private static final class FormerPrimaryException extends SQLException {
        private static final long serialVersionUID = 1L;

        FormerPrimaryException(String message) {
            // Counts as an unreachable database.
            super(message, SqlStateCodes.UNABLE_TO_CONNECT);
        }
    }

    // Not a constant: a command that logs nothing need not make logging ready.
    private static Logger log() {
        return LoggerFactory.getLogger(PrimarySource.class);
    }
}
