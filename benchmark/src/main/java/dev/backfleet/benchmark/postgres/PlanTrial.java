package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.report.PlanTime;
import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Plans jobs as a coordinator does, without one, and takes the time. */
public final class PlanTrial implements AutoCloseable {
    private static final int REPEATS = 5;
    private static final long SHARD_ROWS = 50_000;

    private final String url;
    private final Database database;
    private final Ticker ticker = Ticker.system();
    private int jobs;

    private PlanTrial(String url, Database database) {
        this.url = url;
        this.database = database;
    }

    /** Prepares a database. */
    public static PlanTrial open(String url) {
        var settings = DatabaseSettings.ofUrl(url);
        ControlSchema.migrate(settings);
        var profile = new Database.Profile("backfleet-benchmark", 2, List.of(), Duration.ofMinutes(10));
        return new PlanTrial(url, Database.open(settings, profile));
    }

    /** Plans a table of that many rows twice: cut into {@code shards}, and into shards of the usual size. */
    public List<PlanTime> customers(long rows, int shards) throws SQLException {
        Customers.create(url, rows).restore();
        var table = "customers, " + rows + " rows";
        return List.of(
                plan(table, rows, spec("customers", "", Math.max(1, rows / shards))),
                plan(table, rows, spec("customers", "", SHARD_ROWS)));
    }

    /** Loads the table of package names, and plans it over its key and over its tenants. */
    public List<PlanTime> packages(Path names) throws SQLException, IOException {
        var rows = Packages.load(url, names);
        return List.of(
                plan("packages by key", rows, spec("packages", "", SHARD_ROWS)),
                plan("packages by tenant", rows, spec("packages", "tenant: tenant_id", SHARD_ROWS)));
    }

    private PlanTime plan(String table, long rows, String spec) {
        var plans = new PostgresPlans(database);
        var submit = new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database));
        var seconds = new ArrayList<Double>();
        var shards = 0;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            jobs++;
            var job = submit.run(
                            Actor.commandLine("benchmark"), SpecParser.parse("benchmark.yaml", spec.formatted(jobs)))
                    .id();
            var start = ticker.now();
            shards = plans.plan(job).orElseThrow().shards();
            seconds.add(ticker.now().minus(start).toNanos() / 1e9);
        }
        return new PlanTime(table, rows, shards, middle(seconds));
    }

    private static double middle(List<Double> seconds) {
        return Spread.of(seconds.stream().flatMapToDouble(DoubleStream::of)).median();
    }

    private static String spec(String table, String tenant, long shardRows) {
        return """
                name: plan-%%d
                table: %s
                set: { %s: "null" }
                shard: { rows: %d }
                %s
                """.formatted(table, table.equals("packages") ? "scope" : "first_name", shardRows, tenant);
    }

    @Override
    public void close() {
        database.close();
    }
}
