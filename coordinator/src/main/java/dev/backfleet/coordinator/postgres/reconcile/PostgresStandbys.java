package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.operation.reconcile.StandbyCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at servers that are named as standbys of the database, as the user of the command. */
public final class PostgresStandbys implements StandbyCheck.Servers {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresStandbys.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final String IDENTITY = """
            select s.system_identifier || ' ' || d.oid as identity
            from pg_catalog.pg_control_system() s, pg_catalog.pg_database d where d.datname = current_database()
            """;

    private final Database primary;
    private final DatabaseSettings settings;

    /** With the connections to the primary, and the user and password for others. */
    public PostgresStandbys(Database primary, DatabaseSettings settings) {
        this.primary = primary;
        this.settings = settings;
    }

    @Override
    public Optional<StandbyCheck.Server> look(String url) {
        var profile = new Database.Profile("backfleet", 1, List.of(), TIMEOUT);
        try (var server = Database.ofCommand(settings.at(url), profile)) {
            var there = server.jdbi().withHandle(PostgresStandbys::identity);
            var recovering = server.jdbi().withHandle(handle -> handle.createQuery("select pg_is_in_recovery()")
                    .mapTo(Boolean.class)
                    .one());
            var here = primary.jdbi().withHandle(PostgresStandbys::identity);
            return Optional.of(new StandbyCheck.Server(here.equals(there), recovering));
        } catch (ConnectionException e) {
            LOG.atDebug().setCause(e).log("the standby cannot be reached");
            return Optional.empty();
        }
    }

    private static String identity(Handle handle) {
        return handle.createQuery(IDENTITY).mapTo(String.class).one();
    }
}
