package dev.backfleet.benchmark.postgres;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.derived.PostgresDerivedJobs;
import dev.backfleet.coordinator.postgres.migration.PostgresRowRules;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/** Customers of which a job has changed every row, as a reconcile finds them. */
public final class CheckedCustomers {
    private final String url;
    private final Sleeper sleeper;

    public CheckedCustomers(String url, Sleeper sleeper) {
        this.url = url;
        this.sleeper = sleeper;
    }

    /** Fills the new columns, and lets a job run that finds nothing to do. */
    public void prepare(String name, int slots) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url);
                var database = FleetRun.database(url)) {
            sql.run("update customers set " + Customers.ASSIGNMENTS);
            sql.run("vacuum (full, analyze) customers");
            new FleetRun(url, sleeper)
                    .awaitEnd(
                            sql,
                            FleetRun.submit(
                                    database,
                                    FleetRun.spec(
                                            name,
                                            "where: first_name is null\nconcurrency: " + slots + "\n"
                                                    + ThrottleTerms.none())));
            sql.run("checkpoint");
        }
    }

    /** Begins a reconcile of a job at the rate of one whose rate is not given. */
    public static long reconcile(Database database, String job) {
        return reconcile(database, job, OptionalLong.of(ReconcileJob.DEFAULT_RATE));
    }

    static long reconcile(Database database, String job, OptionalLong rate) {
        var catalog = new PostgresCatalog(database);
        return new ReconcileJob(
                        new Lookup(new PostgresQueries(database)),
                        catalog,
                        new DerivedJobs(catalog, new PostgresDerivedJobs(database)),
                        new PostgresRowRules(database))
                .run(
                        Actor.commandLine("benchmark"),
                        job,
                        new ReconcileJob.Options(Optional.empty(), rate, Optional.empty()))
                .id();
    }
}
