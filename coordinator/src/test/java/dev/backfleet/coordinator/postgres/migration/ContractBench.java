package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationJobs;
import dev.backfleet.coordinator.migration.apply.RecordedProgress;
import dev.backfleet.coordinator.migration.contract.ContractMigration;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Request;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Screen;
import dev.backfleet.coordinator.migration.watch.ThrottleSignals;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.contract.ContractJournal;
import dev.backfleet.coordinator.postgres.contract.ContractStore;
import dev.backfleet.coordinator.postgres.contract.PostgresContractCatalog;
import dev.backfleet.coordinator.postgres.contract.PostgresRenamingLooks;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Migrations that are CUT, and what ends them. */
final class ContractBench {
    static final ContractRules AT_ONCE = new ContractRules(Duration.ZERO, Duration.ZERO, true, Duration.ZERO);
    static final Actor ANN = Actor.commandLine("ann");

    private final TestDatabase db;
    private final MigrationBench bench;

    ContractBench(TestDatabase db) {
        this.db = db;
        this.bench = new MigrationBench(db);
    }

    /** Applies a migration, and stores it as CUT: all tenants read the new shape, and a reconcile has found no wrong row. */
    long cut(Migration migration) throws SQLException {
        bench.applyAll(migration);
        return stored(migration);
    }

    /** The same when its steps are done. */
    long stored(Migration migration) throws SQLException {
        var shape = bench.shape(migration);
        var id = new MigrationStore(db.database)
                .create(migration, shape.name().toString(), List.of(), ANN)
                .id();
        var job = db.job("SUCCEEDED", 0);
        var pass = db.job("SUCCEEDED", 0);
        db.run("update backfleet.job set reconciles = " + job + " where id = " + pass);
        db.run("insert into backfleet.reconcile_verdict values (" + pass + ", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)");
        db.run("insert into backfleet.reconcile_schedule (job_id, every_seconds) values (" + job + ", 3600)");
        db.run("update backfleet.migration set state = 'CUT', job_id = " + job + " where id = " + id);
        db.run("insert into backfleet.flag (name, migration_id, state, percent, changed_by) values ('"
                + migration.name() + "', " + id + ", 'ON', 100, 'ann')");
        return id;
    }

    ContractReport report(Migration migration) {
        return call(migration, contract -> contract.report(ANN, migration.name(), "2.0", new RecordedProgress()));
    }

    /** A report without a word. */
    ContractReport look(Migration migration) {
        return call(migration, contract -> contract.report(ANN, migration.name(), null, new RecordedProgress()));
    }

    ContractReport say(Migration migration) {
        return call(migration, contract -> contract.say(ANN, migration.name(), "2.0", new RecordedProgress()));
    }

    ContractReport rename(Migration migration) {
        return call(migration, contract -> contract.rename(ANN, migration.name(), "2.0", new RecordedProgress()));
    }

    ContractReport undo(Migration migration) {
        return call(migration, contract -> contract.undo(ANN, migration.name(), new RecordedProgress()));
    }

    ContractReport drop(Migration migration) {
        return call(migration, contract -> contract.drop(ANN, migration.name(), "2.1", new RecordedProgress()));
    }

    private ContractReport call(Migration migration, Call call) {
        return call(db.database, db.url, migration, call);
    }

    /** The same as another role. */
    ContractReport call(Database database, String url, Migration migration, Call call) {
        var limits =
                new LockLimits(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ZERO);
        Sleeper brief = duration -> Sleeper.system().sleep(duration.dividedBy(20));
        var settings = DatabaseSettings.ofUrl(url);
        try (var session =
                Database.ofCommand(settings, new Database.Profile("steps", 1, List.of(), Duration.ofDays(1)))) {
            return call.on(new ContractMigration(
                    new MigrationStore(database),
                    new ContractStore(database),
                    new PostgresContractCatalog(database, jobs()),
                    source -> migration,
                    (stored, parsed, words) -> new PostgresStepExecutor(
                            database,
                            new Ddl(
                                    session,
                                    database,
                                    bench.shape(migration).name(),
                                    migration.ddl().role(),
                                    limits,
                                    new Waiting(Ticker.system(), brief, () -> 0.1)),
                            stored.id(),
                            ANN.words(),
                            Ticker.system(),
                            new ContractJournal(stored.id(), ANN, words)),
                    brief));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A renaming that is watched as another role, without waiting between looks. */
    ContractReport watched(Database database, String url, Migration migration, Screen screen) {
        var seconds = new AtomicInteger();
        // So long as looks are apart.
        Ticker looks = () -> Duration.ofSeconds(3L * seconds.get());
        try (var health = PostgresHealth.open(
                DatabaseSettings.ofUrl(url), Optional.empty(), "contract", Ticker.system(), new Timelines())) {
            var watches = new PostgresWatches(database);
            return call(database, url, migration, contract -> new WatchedRenaming(
                            contract,
                            new ContractStore(database),
                            new PostgresRenamingLooks(
                                    database, new ThrottleSignals(health, watches, watches, looks), watches),
                            source -> migration,
                            duration -> seconds.incrementAndGet(),
                            () -> Duration.ofSeconds(seconds.incrementAndGet()))
                    .run(new Request(ANN, migration.name(), "2", Duration.ofSeconds(100)), screen));
        }
    }

    // Only the gate is asked.
    private static MigrationJobs jobs() {
        return (MigrationJobs) Proxy.newProxyInstance(
                ContractBench.class.getClassLoader(),
                new Class<?>[] {MigrationJobs.class},
                (proxy, method, arguments) ->
                        new GateAnswer(1, "m", null, GateVerdict.SAFE, List.of(), List.of(), null, null));
    }

    /** What the catalog has of a table, in the order of its columns, and of all that hangs on it, as comparable texts. */
    List<String> exact(String schema, String table) throws SQLException {
        var all = new ArrayList<>(bench.catalog(schema));
        var of = "'" + schema + "." + table + "'::regclass";
        all.addAll(db.column(
                "select a.attnum || ' ' || a.attname || ' ' || a.attisdropped || a.attnotnull || coalesce(a.attacl::text, '')"
                        + " || coalesce(col_description(a.attrelid, a.attnum), 'no comment') from pg_attribute a where a.attrelid = "
                        + of
                        + " and a.attnum > 0 order by a.attnum"));
        all.addAll(db.column(
                "select pg_get_functiondef(p.oid) || coalesce(obj_description(p.oid, 'pg_proc'), '') || coalesce(p.proacl::text, '')"
                        + " || p.proowner::regrole from pg_proc p where p.pronamespace = '" + schema
                        + "'::regnamespace order by p.proname"));
        all.addAll(db.column(
                "select pg_get_triggerdef(t.oid) || coalesce(obj_description(t.oid, 'pg_trigger'), '') from pg_trigger t"
                        + " where not t.tgisinternal and t.tgrelid = " + of + " order by t.tgname"));
        return all;
    }

    /** What is asked of it. */
    @FunctionalInterface
    interface Call {
        ContractReport on(ContractMigration contract) throws InterruptedException;
    }
}
