package dev.backfleet.worker.postgres;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.postgres.batch.BatchSession;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a worker's sessions are set up ({@link BatchSession}), and what a worker requires of the control schema.
 */
public final class WorkerSession {

    /**
     * Sent before the batch of one slow row, in its transaction: a longer time limit, and the short lock timeout of a batch with
     * several rows, since the application may be waiting for this row.
     */
    static final String SINGLE_ROW_LIMITS =
            "select pg_catalog.set_config('statement_timeout', greatest(?::int, setting::int)::text, "
                    + "true), pg_catalog.set_config('" + BatchStatement.WAIT_WITHOUT_ROWS
                    + "', pg_catalog.current_setting('"
                    + BatchStatement.WAIT_WITH_ROWS
                    + "'), true) from pg_catalog.pg_settings where name = 'statement_timeout'; ";

    private static final Duration START_SILENCE = Duration.ofSeconds(30);

    private WorkerSession() {}

    /** The statements that set a session up. */
    public static List<String> statements() {
        return BatchSession.statements();
    }

    /**
     * The statements that set a heartbeat's session up. A heartbeat is true for seconds, and need not survive anything:
     * if it waited for a synchronous standby that is away, a live worker would count as lost.
     */
    public static List<String> heartbeatStatements() {
        var all = new ArrayList<>(statements());
        all.add("set synchronous_commit = off");
        return all;
    }

    /**
     * Checks once that the control schema is there.
     *
     * @throws RuntimeException if the database is unreachable, has no control schema, or one of another version
     */
    public static void requireControlSchema(Database database) {
        database.jdbi().useHandle(handle -> handle.execute("select from backfleet.shard limit 0"));
        SchemaVersion.require(database);
    }

    /** How long a batch of several rows may take at most, by the settings of these sessions. */
    public static Duration batchLimit(Database database) {
        return database.jdbi().withHandle(handle -> handle.createQuery(
                        "select setting::bigint from pg_catalog.pg_settings where name = 'statement_timeout'")
                .mapTo(Long.class)
                .map(Duration::ofMillis)
                .one());
    }

    /**
     * Waits for a control schema of this version.
     *
     * @throws RuntimeException if the database is unreachable, or there is none when the time is over
     */
    public static void awaitControlSchema(DatabaseSettings settings, String worker, StartWait wait)
            throws InterruptedException {
        var profile = new Database.Profile("backfleet-worker/" + worker, 1, List.of(), START_SILENCE);
        try (var database = Database.open(settings, profile)) {
            SchemaVersion.await(database, wait);
        }
    }
}
