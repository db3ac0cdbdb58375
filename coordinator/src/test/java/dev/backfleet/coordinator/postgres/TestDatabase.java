package dev.backfleet.coordinator.postgres;

import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingScope;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.embedded.SharedServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A database of its own with the control schema, a coordinator's pool and a connection beside it. */
public final class TestDatabase implements AutoCloseable {
    public final String url;
    public final Database database;
    private final Connection beside;

    private TestDatabase(String url) throws SQLException {
        this.url = url;
        database = Database.open(
                DatabaseSettings.ofUrl(url),
                new Database.Profile("backfleet-coordinator/c", 8, List.of(), Duration.ofSeconds(60)));
        beside = connect();
    }

    public static TestDatabase open() {
        return of(migrated());
    }

    /** In a database that the test has made. */
    public static TestDatabase openOn(String url) {
        ControlSchema.migrate(DatabaseSettings.ofUrl(url));
        return of(url);
    }

    /** The URL of another database with the control schema. */
    public static String migrated() {
        return SharedServers.preparedDatabase(
                "coordinator", empty -> ControlSchema.migrate(DatabaseSettings.ofUrl(empty)));
    }

    private static TestDatabase of(String url) {
        try {
            return new TestDatabase(url);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    public void run(String sql) throws SQLException {
        try (var statement = beside.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A job's state. */
    public Optional<JobState> state(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).state(job));
    }

    /** The first column of every row, as text. */
    public List<String> column(String sql) throws SQLException {
        try (var statement = beside.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
            return texts;
        }
    }

    /**
     * Waits until a condition on the server's statistics holds. A session reports its counts up to seconds later: what an
     * ANALYZE has counted before, they are added to.
     */
    public void awaitCounted(String condition) {
        await().atMost(Duration.ofSeconds(30)).until(() -> ask("select " + condition), "t"::equals);
    }

    /** The one value that a query gives, as text. */
    public String ask(String sql) throws SQLException {
        return column(sql).get(0);
    }

    /** Hands a spec in. */
    public SubmitJob.Submitted submit(String spec) {
        return submit(spec, How.USUAL);
    }

    /** Hands a spec in, whatever is found. */
    public SubmitJob.Submitted force(String spec) {
        return submit(spec, new How(false, false, true));
    }

    /** Hands a spec in, in another way than usual. */
    public SubmitJob.Submitted submit(String spec, How how) {
        return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                .run(Actor.commandLine("me"), SpecParser.parse("s.yaml", spec), how);
    }

    /** The findings that are stored with a submitted job, and shown in its status. */
    public static List<String> notes(SubmitJob.Submitted submitted) {
        return submitted.findings().stream()
                .filter(finding -> FindingScope.isKept(finding.code()))
                .map(Finding::line)
                .toList();
    }

    /** A job in a state, with as many PENDING shards of one row as asked for, of a table that does not matter. */
    public long job(String state, int shards) throws SQLException {
        var finished = List.of("CANCELLED", "SUCCEEDED", "FAILED").contains(state) ? "now()" : "null";
        var job = Long.parseLong(
                ask("insert into backfleet.job (name, state, spec, definition, concurrency, finished_at) "
                        + "values ('j' || gen_random_uuid(), '" + state + "', '', '{}', 8, " + finished
                        + ") returning id"));
        run("insert into backfleet.job_relation values (" + job + ", 1, 'public', 't')");
        run("insert into backfleet.shard (job_id, number, relation, turn, upper) select " + job
                + ", i, 1, 1.0 / i, array[i::text] from generate_series(1, " + shards + ") i");
        return job;
    }

    /** The states of a job's shards, in order. */
    public List<String> shards(long job) throws SQLException {
        return column("select state from backfleet.shard where job_id = " + job + " order by number");
    }

    @Override
    public void close() throws SQLException {
        database.close();
        beside.close();
    }
}
