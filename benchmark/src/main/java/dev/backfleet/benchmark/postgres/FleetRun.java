package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.report.FleetTimes;
import dev.backfleet.benchmark.report.Measurement;
import dev.backfleet.benchmark.report.Way;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Submits a job to a fleet that is ready, and measures it by the database's clock. */
public final class FleetRun {
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final String ALIVE = "select count(*) from backfleet.worker where id = any('{%s}')";

    private static final String TIMES = """
            select extract(epoch from started_at - submitted_at) as running,
                   extract(epoch from (select min(last_batch_at) from backfleet.shard where job_id = j.id) - submitted_at) as first,
                   extract(epoch from (select max(last_batch_at) from backfleet.shard where job_id = j.id) - submitted_at) as last,
                   extract(epoch from finished_at - submitted_at) as finished,
                   (select sum(rows_changed) from backfleet.shard where job_id = j.id) as rows,
                   (select sum(batches) from backfleet.shard where job_id = j.id) as batches
            from backfleet.job j where id = %d
            """;

    private static final String STATE = "select state from backfleet.job where id = %d";

    private static final String WARM_UP = """
            name: warm-up
            table: warm_up
            set: { n: "n + 1" }
            shard: { rows: 250 }
            concurrency: 2
            """;

    private final String url;
    private final Sleeper sleeper;

    /** Creates it. */
    public FleetRun(String url, Sleeper sleeper) {
        this.url = url;
        this.sleeper = sleeper;
    }

    /** Waits until the workers have registered. */
    public void awaitWorkers(List<String> ids) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url)) {
            while (sql.number(ALIVE.formatted(String.join(",", ids))) < ids.size()) {
                sleeper.sleep(LOOK);
            }
        }
    }

    /** Lets the fleet process 400 small shards of another table, so that it is warmed up. */
    public void warmUp() throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var database = database()) {
            sql.run("drop table if exists warm_up");
            sql.run("create table warm_up as select g::bigint as id, 0 as n from generate_series(1, 100000) g");
            sql.run("alter table warm_up add primary key (id)");
            awaitEnd(sql, submit(database, WARM_UP));
            sql.run("drop table warm_up");
        }
    }

    /** Changes the table; the times go to {@code times}. */
    public Measurement measure(Way way, int round, Consumer<FleetTimes> times)
            throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var meter = WalMeter.start(url);
                var database = database()) {
            var job = submit(database, spec(way.slug() + "-" + round, "concurrency: 2"));
            awaitEnd(sql, job);
            var wal = meter.bytes();
            var measured = times(sql, way, round, job);
            times.accept(measured);
            return new Measurement(way, round, measured.rows(), measured.lastBatch(), wal);
        }
    }

    private Database database() {
        return database(url);
    }

    /** Connections of the benchmark. */
    public static Database database(String url) {
        return Database.open(
                DatabaseSettings.ofUrl(url),
                new Database.Profile("backfleet-benchmark", 1, List.of(), Duration.ofSeconds(30)));
    }

    /** Submits a job. */
    public static long submit(Database database, String spec) {
        return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database))
                .run(
                        Actor.commandLine("benchmark"),
                        SpecParser.parse("benchmark.yaml", spec),
                        // Each round is a job of the same name.
                        new Intake.How(false, true, false))
                .id();
    }

    /** Waits until a job has SUCCEEDED. */
    public void awaitEnd(Sql sql, long job) throws SQLException, InterruptedException {
        while (true) {
            var state = sql.row(STATE.formatted(job), row -> row.getString(1));
            if (state.equals("SUCCEEDED")) {
                return;
            }
            if (!state.equals("PLANNING") && !state.equals("RUNNING")) {
                throw new IllegalStateException("job " + job + " is " + state);
            }
            sleeper.sleep(LOOK);
        }
    }

    private static FleetTimes times(Sql sql, Way way, int round, long job) throws SQLException {
        return sql.row(
                TIMES.formatted(job),
                row -> new FleetTimes(
                        way,
                        round,
                        row.getDouble("running"),
                        row.getDouble("first"),
                        row.getDouble("last"),
                        row.getDouble("finished"),
                        row.getLong("rows"),
                        row.getLong("batches")));
    }

    /** The spec of the job; {@code more} is its rest, as lines of YAML. */
    static String spec(String name, String more) {
        return """
                name: %s
                table: customers
                set:
                  first_name: "split_part(full_name, ' ', 1)"
                  last_name: "substr(full_name, strpos(full_name, ' ') + 1)"
                %s
                """.formatted(name, more);
    }
}
