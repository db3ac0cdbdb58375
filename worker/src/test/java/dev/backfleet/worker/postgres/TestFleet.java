package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.Walk;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.task.Task;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** A database of its own with the control schema, the application's connection, and a worker's. */
public final class TestFleet implements AutoCloseable {
    private static final int MOST_CLAIMS = 20;
    private static final String LATEST = "latest";
    public static final Duration LEASE = Duration.ofSeconds(60);

    public final String url;
    public final Database database;
    public final PostgresShardLeases leases;
    public final PostgresRangeWorker ranges;
    private final Connection application;

    private TestFleet(String url) throws SQLException {
        this.url = url;
        application = connect();
        database = Database.open(
                DatabaseSettings.ofUrl(url),
                new Database.Profile("backfleet-worker/w", 6, WorkerSession.statements(), Duration.ofSeconds(30)));
        leases = new PostgresShardLeases(database, "w", LEASE);
        ranges = new PostgresRangeWorker(database, "w", LEASE);
    }

    /** Both ports of the worker, together. */
    public ShardAccess access() {
        return new ShardAccess(leases, ranges);
    }

    public static TestFleet open() {
        return open(SharedServers.preparedDatabase("worker", empty -> migrate(empty, LATEST)));
    }

    /** With so long a {@code deadlock_timeout} that no batch, and no wait for a lock, ends before its time on a busy machine. */
    public static TestFleet openPatient() {
        var url = SharedServers.preparedDatabase("worker", empty -> migrate(empty, LATEST));
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(
                    "do $$ begin execute format('alter database %I set deadlock_timeout = ''60s''', current_database()); end $$");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return open(url);
    }

    /** With a control schema of an older version. */
    public static TestFleet openAt(String version) {
        var url = SharedServers.freshDatabase();
        migrate(url, version);
        return open(url);
    }

    /** On a server of the test's own. */
    public static TestFleet openOn(String url) {
        migrate(url, LATEST);
        return open(url);
    }

    private static TestFleet open(String url) {
        try {
            return new TestFleet(url);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Brings the control schema up to date. */
    public void migrate() {
        migrate(url, LATEST);
    }

    private static void migrate(String url, String version) {
        Flyway.configure()
                .dataSource(url, null, null)
                .schemas("backfleet")
                .table("schema_version")
                .locations("classpath:dev/backfleet/common/schema")
                .target(version)
                // An older version's functions are in its numbered migrations; the current texts need the latest
                // tables.
                .repeatableSqlMigrationPrefix(version.equals(LATEST) ? "R" : "none")
                .load()
                .migrate();
    }

    /** A session of the application. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs the application's statements. */
    public void run(String sql) throws SQLException {
        try (var statement = application.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The one row that a query gives, its columns as text separated by blanks. */
    public String ask(String sql) throws SQLException {
        return ask(application, sql);
    }

    public static String ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            var texts = new ArrayList<String>();
            for (var i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                texts.add(String.valueOf(rows.getString(i)));
            }
            return String.join(" ", texts);
        }
    }

    /** A running job over a table, without shards; its id is in the definition's place in the control schema. */
    public long job(JobDefinition definition) throws SQLException {
        try (var insert = application.prepareStatement(
                "insert into backfleet.job (name, state, spec, definition, concurrency, started_at) "
                        + "values ('j' || nextval('backfleet.job_id_seq'), 'RUNNING', '', ?::jsonb, 4, now()) returning id")) {
            insert.setString(1, JobDefinition.JSON.write(definition));
            try (var rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** A dispatched shard of a job in a relation, up to a key given as a PostgreSQL array. */
    public Task shard(long job, JobDefinition.Table relation, @Nullable String lower, String upper)
            throws SQLException {
        run("insert into backfleet.job_relation values (%d, %d, '%s', '%s') on conflict do nothing"
                .formatted(job, relation.oid(), relation.schema(), relation.name()));
        var from = lower == null ? "null" : "'" + lower + "'";
        var number = ask(
                "insert into backfleet.shard (job_id, number, relation, turn, lower, cursor, upper, state, dispatch) "
                        + "select %d, 1 + count(*), %d, 0, %s, %s, '%s', 'DISPATCHED', 1 from backfleet.shard where job_id = %d returning number"
                                .formatted(job, relation.oid(), from, from, upper, job));
        return new Task(new ShardId(job, Integer.parseInt(number)), 1);
    }

    /** A claim of the one shard that covers the table up to a key; tried again like a task, since a busy machine may be slow. */
    public Claim claim(JobDefinition definition, String upper) throws SQLException {
        var task = shard(job(definition), definition.table(), null, upper);
        for (var tries = 1; ; tries++) {
            try {
                return leases.claim(task).orElseThrow();
            } catch (StatementFailedException e) {
                if (tries == MOST_CLAIMS || e.failure().kind() != ErrorKind.TIMED_OUT) {
                    throw e;
                }
            }
        }
    }

    /** A table as the catalog knows it. */
    public JobDefinition.Table table(String quotedName) throws SQLException {
        var names = ask("select c.oid::bigint, n.nspname || E'\\n' || c.relname from pg_class c "
                        + "join pg_namespace n on n.oid = c.relnamespace where c.oid = '" + quotedName + "'::regclass")
                .split("[ \n]", 3);
        return new JobDefinition.Table(Long.parseLong(names[0]), names[1], names[2]);
    }

    /** What to do with a table: its key's columns, then {@code column=expression}. */
    public JobDefinition definition(String quotedName, @Nullable String where, List<String> key, String... set)
            throws SQLException {
        var table = table(quotedName);
        var columns = new ArrayList<KeyColumn>();
        for (var column : key) {
            var facts = ask("select attnum, format_type(atttypid, atttypmod) from pg_attribute where attrelid = "
                            + table.oid() + " and attname = '" + column + "'")
                    .split(" ", 2);
            columns.add(new KeyColumn(column, Integer.parseInt(facts[0]), facts[1]));
        }
        var assignments = new ArrayList<Assignment>();
        for (var one : set) {
            var parts = one.split("=", 2);
            var number = ask("select attnum from pg_attribute where attrelid = " + table.oid() + " and attname = '"
                    + parts[0] + "'");
            assignments.add(new Assignment(parts[0], Integer.parseInt(number), parts[1]));
        }
        return new JobDefinition(
                table,
                columns,
                false,
                new UpdateRows(assignments, where, Triggers.FIRE),
                1_000,
                Duration.ofMillis(100),
                10_000);
    }

    /** The same job in several passes, with a key of one whole number. */
    public static JobDefinition inPasses(JobDefinition job, int passes) {
        return job.walking(new Walk(
                passes,
                List.of("(($1::pg_catalog.int8 operator(pg_catalog.%) $2) operator(pg_catalog.+) "
                        + "pg_catalog.hashint8($1::pg_catalog.int8 operator(pg_catalog./) $2)::pg_catalog.int8)")));
    }

    /** Batches of a size to the end of the shard; how many rows they changed. */
    public long finish(Claim claim, int size) {
        long changed = 0;
        Cursor cursor = claim.cursor();
        BatchResult result;
        do {
            result = ranges.batch(claim, new Step.Batch(cursor, size)).orElseThrow();
            cursor = result.cursor();
            changed += result.changed();
        } while (!result.done());
        return changed;
    }

    @Override
    public void close() throws SQLException {
        database.close();
        application.close();
    }
}
