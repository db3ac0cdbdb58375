package dev.backfleet.coordinator;

import static org.awaitility.Awaitility.await;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A database of its own with the control schema, and rows in it as coordinator and workers would write them. */
public final class ControlRows implements AutoCloseable {
    private static final String JOB = """
            insert into backfleet.job (name, state, spec, definition, rate_limit, concurrency, rows_estimated, finished_at)
            values (?, ?, '', '{"table": {"oid": 1, "schema": "public", "name": "People"}, "batchDuration": "PT0.1S",
                    "triggers": "FIRE"}', 50000, 8, 1000,
                    case when ? in ('CANCELLED', 'SUCCEEDED', 'FAILED') then now() end)
            returning id
            """;

    private static final String SHARD = """
            insert into backfleet.shard (job_id, number, relation, turn, upper, state, worker, lease_until, error,
                                         rows_walked, rows_changed, last_batch_at, epoch)
            values (:job, :number, 1, 0, '{x}', :state, :worker, case when :worker is null then null else now() end,
                    case when :state = 'FAILED' then 'bad row' end, :walked, :changed, now(),
                    case when :state in ('PENDING', 'DISPATCHED') then 0 else 1 end)
            """;

    private final String url = TestDatabase.migrated();
    private final Database database;

    public ControlRows() {
        database = Database.open(
                DatabaseSettings.ofUrl(url), new Database.Profile("test", 2, List.of(), Duration.ofSeconds(30)));
    }

    public String url() {
        return url;
    }

    public Database database() {
        return database;
    }

    /** Stores a job of 1,000 rows as estimated; its id. */
    public long job(String name, String state) {
        return database.jdbi().withHandle(handle -> {
            var id = handle.createQuery(JOB)
                    .bind(0, name)
                    .bind(1, state)
                    .bind(2, state)
                    .mapTo(Long.class)
                    .one();
            handle.execute("insert into backfleet.job_relation values (?, 1, 'public', 'People')", id);
            return id;
        });
    }

    /** Stores a shard; it is RUNNING if it has a worker. */
    public void shard(long job, int number, String stateOrWorker, long walked, long changed) {
        var isState = stateOrWorker.equals(stateOrWorker.toUpperCase(Locale.ROOT));
        database.jdbi().useHandle(handle -> handle.createUpdate(SHARD)
                .bind("job", job)
                .bind("number", number)
                .bind("state", isState ? stateOrWorker : "RUNNING")
                .bind("worker", isState ? null : stateOrWorker)
                .bind("walked", walked)
                .bind("changed", changed)
                .execute());
    }

    public void worker(String id, boolean taking) {
        execute("insert into backfleet.worker (id, host, pid, slots, taking) values (?, 'host', 17, 4, ?)", id, taking);
    }

    public void pauseFleet(String by, String reason) {
        execute(
                "insert into backfleet.control (scope, state, said_by, reason) values ('fleet', 'PAUSE', ?, ?)",
                by,
                reason);
    }

    /** Makes the server, which trusts everybody, ask one role for its password. */
    public void requirePassword(String role) throws IOException {
        var rules = Path.of(select("show hba_file"));
        Files.writeString(rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
        var loaded = select("select pg_conf_load_time()");
        execute("select pg_reload_conf()");
        // The server tells its sessions before it lets anybody else in.
        await().until(() -> !select("select pg_conf_load_time()").equals(loaded));
    }

    /** The first column of the first row. */
    public String select(String sql) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    public void execute(String sql, Object... arguments) {
        database.jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }

    @Override
    public void close() {
        database.close();
    }
}
