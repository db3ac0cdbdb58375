package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.postgres.throttle.ReadOnlyQuery.Reader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Runs the queries of specs: in a session of a role of their own, if there is one, else in the coordinator's. The role is checked once in
 * each session, before its first query.
 */
final class SpecQueries implements AutoCloseable {
    private final @Nullable Database ofTheirRole;
    private int checked;

    private SpecQueries(@Nullable Database ofTheirRole) {
        this.ofTheirRole = ofTheirRole;
    }

    /**
     * Opens the session when it is needed.
     *
     * @param like how the coordinator reads signals
     * @param role the connection of the role; nothing: queries run in the session that {@link #ask} is given
     */
    static SpecQueries open(Optional<DatabaseSettings> role, Database.Profile like, Timelines timelines) {
        return new SpecQueries(role.map(settings -> Database.open(
                        settings,
                        new Database.Profile(
                                like.applicationName() + "/queries", 1, like.session(), like.responseTimeout()),
                        timelines))
                .orElse(null));
    }

    /**
     * Runs a query and returns what {@code reader} makes of its result.
     *
     * @param coordinators a session of the coordinator
     * @param begins is called when the query itself begins
     * @throws SQLException if it fails, or is not run because the role may do more than read
     */
    <T> T ask(Connection coordinators, String sql, Runnable begins, Reader<T> reader) throws SQLException {
        var database = ofTheirRole;
        if (database == null) {
            return ReadOnlyQuery.ask(coordinators, sql, begins, reader);
        }
        try {
            return database.jdbi().withHandle(handle -> {
                var session = handle.getConnection();
                var process = session.unwrap(PGConnection.class).getBackendPID();
                if (process != checked) {
                    QueryRole.require(session);
                    checked = process;
                }
                return ReadOnlyQuery.<T>ask(session, sql, begins, reader);
            });
        } catch (SettingsException e) {
            throw new SQLException(e.getMessage(), e);
        } catch (ConnectionException e) {
            throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
        }
    }

    void abort() {
        if (ofTheirRole != null) {
            ofTheirRole.abort();
        }
    }

    @Override
    public void close() {
        if (ofTheirRole != null) {
            ofTheirRole.close();
        }
    }
}
