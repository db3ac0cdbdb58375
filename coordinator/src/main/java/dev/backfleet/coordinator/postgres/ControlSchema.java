package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.postgres.SessionSource;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.telemetry.EventAction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.ConnectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the control schema, and brings an older one up to date. */
public final class ControlSchema {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    // Held until the session ends: one process migrates at a time, and the others can name it.
    private static final String LOCK = """
            select pg_catalog.pg_try_advisory_lock(hashtextextended('backfleet schema', 0)), coalesce((
              select 'server process ' || l.pid || coalesce(', ' || nullif(a.application_name, ''), '')
                || coalesce(', user ' || a.usename, '')
              from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
              where l.locktype = 'advisory' and l.granted
                and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
                and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('backfleet schema', 0)
                and l.objsubid = 1 limit 1), 'it has just ended')
            """;

    private ControlSchema() {}

    /**
     * Migrates the schema to this version. Several processes may call it at once: one migrates, the others wait.
     *
     * @param wait for another process that migrates it, and for a synchronous standby that confirms commits
     * @throws ExplainedFailure {@link Kind#OTHER_VERSION} if it is newer than this version; {@link Kind#TIMED_OUT} if
     *     another process does not finish its migration; {@link Kind#UNUSABLE} if it is to be migrated and commits wait for
     *     a standby
     */
    public static void migrate(DatabaseSettings settings, StartWait wait) throws InterruptedException {
        var profile = new Database.Profile("backfleet", 1, List.of(), TIMEOUT);
        try (var database = Database.open(settings, profile)) {
            // Flyway would accept a newer one.
            SchemaVersion.refuseNewer(database);
            if (SchemaVersion.missing(database).isPresent()) {
                CommitWait.await(database, wait);
            }
        }
        try (var session = SessionSource.of(settings, "backfleet-migration").getConnection()) {
            wait.await(
                    () -> takeLock(session),
                    what -> new ExplainedFailure(
                            Kind.TIMED_OUT, what, "see what it waits for, or end it with pg_terminate_backend"));
            migrateNow(settings);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    /** For tests and embedded servers, which no other process migrates. */
    public static void migrate(DatabaseSettings settings) {
        try {
            migrate(settings, new StartWait(TIMEOUT, line -> {}, Ticker.system(), Sleeper.system()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Optional<String> takeLock(Connection session) {
        try (var statement = session.createStatement();
                var row = statement.executeQuery(LOCK)) {
            row.next();
            return row.getBoolean(1)
                    ? Optional.empty()
                    : Optional.of("another process migrates the control schema (" + row.getString(2) + ")");
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static void migrateNow(DatabaseSettings settings) {
        var result = Flyway.configure(ControlSchema.class.getClassLoader())
                .dataSource(SessionSource.of(settings, "backfleet"))
                // Flyway's lock is a transaction that is idle while another of its sessions migrates.
                .initSql("set idle_in_transaction_session_timeout = 0")
                .schemas("backfleet")
                .defaultSchema("backfleet")
                .table("schema_version")
                .locations("classpath:dev/backfleet/common/schema")
                .load()
                .migrate();
        if (result.migrationsExecuted > 0) {
            log().atInfo()
                    .addKeyValue("version", result.targetSchemaVersion)
                    .addKeyValue("action", EventAction.SCHEMA_MIGRATED)
                    .log("control schema migrated");
        }
    }

    // Not a constant: a command that logs nothing need not make logging ready.
    private static Logger log() {
        return LoggerFactory.getLogger(ControlSchema.class);
    }
}
