package dev.backfleet.benchmark.postgres.migration;

import dev.backfleet.benchmark.live.OpenLoop;
import dev.backfleet.benchmark.live.Phase;
import dev.backfleet.benchmark.report.MigrationTime;
import dev.backfleet.benchmark.report.MigrationWay;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.DdlJournal;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Changes a table's definition beside an application that reads and writes it at a steady rate, and beside its reports: the steps of a
 * migration without its job, which is measured elsewhere.
 */
public final class MigrationTrial {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final String FILE = """
            migration: altered
            table: public.altered
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "nullif(substr(full_name, strpos(full_name, ' ') + 1), full_name)" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }
            finish:
              - index: { name: altered_names, on: [full_name, email] }
              - not-null: email
            """;

    private static final List<String> PLAIN_FINISH = List.of(
            "create index altered_names on altered (full_name, email)",
            "alter table altered alter column email set not null");

    private static final List<String> TABLE = List.of(
            "drop table if exists altered",
            "drop function if exists backfleet_sync_altered()",
            "create table altered (id bigint primary key, full_name text not null, email text, visits integer not null default 0)",
            "insert into altered select i, 'Ann' || i || ' Berg', 'ann' || i || '@example.com' from generate_series(1, {rows}) i",
            "vacuum analyze altered",
            "checkpoint");

    private final String url;
    private final long rows;
    private final Load load;
    private final Ticker ticker = Ticker.system();

    public MigrationTrial(String url, long rows, Load load) {
        this.url = url;
        this.rows = rows;
        this.load = load;
    }

    /** Measures one way, on a table that is made anew. */
    public MigrationTime measure(MigrationWay way, int round) throws SQLException, InterruptedException {
        run(TABLE.stream()
                .map(text -> text.replace("{rows}", String.valueOf(rows)))
                .toList());
        var sessions = new ArrayList<Reader>();
        for (var i = 0; i < load.connections(); i++) {
            sessions.add(new Reader(url, rows, 100L * round + i));
        }
        try (var reports = new Reports(url);
                var loop = OpenLoop.start(load.perSecond(), sessions)) {
            Sleeper.system().sleep(WARM_UP);
            loop.settled();
            loop.enter(Phase.ALONE);
            Sleeper.system().sleep(load.alone());
            var from = ticker.now();
            var cost = way == MigrationWay.APPLY ? apply(loop) : plain(loop);
            var seconds = ticker.now().minus(from).toMillis() / 1000.0;
            loop.end();
            return new MigrationTime(
                    way,
                    round,
                    loop.traffic(Phase.ALONE),
                    loop.traffic(Phase.BESIDE),
                    loop.traffic(Phase.BETWEEN),
                    seconds,
                    cost.heldUp().toMillis(),
                    cost.longest().toMillis());
        } finally {
            for (var session : sessions) {
                session.close();
            }
        }
    }

    // While it sleeps between two requests, and while an index is built, no strong lock is requested or held.
    private LockCost apply(OpenLoop loop) throws InterruptedException {
        Sleeper outside = time -> {
            loop.enter(Phase.BESIDE);
            Sleeper.system().sleep(time);
            loop.enter(Phase.BETWEEN);
        };
        var migration = migration();
        var heldUp = Duration.ZERO;
        var longest = Duration.ZERO;
        try (var database = database()) {
            var shape = shape(database, migration);
            var rules = migration.ddl();
            var ddl = new Ddl(
                    database,
                    database,
                    shape.name(),
                    Optional.empty(),
                    new LockLimits(rules.lockTimeout(), rules.hold(), rules.giveUp(), Duration.ZERO),
                    new Ddl.Waiting(
                            ticker, outside, () -> ThreadLocalRandom.current().nextDouble()));
            for (var step : Steps.of(migration, shape)) {
                var cost = step(loop, ddl, step);
                heldUp = heldUp.plus(cost.heldUp());
                longest = cost.longest().compareTo(longest) > 0 ? cost.longest() : longest;
            }
        }
        return new LockCost(0, Duration.ZERO, heldUp, longest);
    }

    private static LockCost step(OpenLoop loop, Ddl ddl, Step step) throws InterruptedException {
        var isInstant = step.execution() == Execution.INSTANT;
        loop.enter(isInstant ? Phase.BETWEEN : Phase.BESIDE);
        if (step.execution() == Execution.CONCURRENT) {
            step.statements().forEach(statement -> ddl.concurrently(statement, news -> {}));
            return LockCost.NONE;
        }
        var result = ddl.inTransaction(
                step.locks(), step.statements(), isInstant, DdlJournal.NONE, () -> false, new Quiet());
        if (!result.done()) {
            throw new IllegalStateException(step.id() + " did not get its locks");
        }
        return result.cost();
    }

    private LockCost plain(OpenLoop loop) throws SQLException {
        var statements = new ArrayList<String>();
        try (var database = database()) {
            Steps.of(migration(), shape(database, migration())).stream()
                    .filter(step -> step.phase() != Step.Phase.FINISH)
                    .forEach(step -> statements.addAll(step.statements()));
        }
        statements.addAll(PLAIN_FINISH);
        loop.enter(Phase.BESIDE);
        run(statements);
        return LockCost.NONE;
    }

    private static Migration migration() {
        return MigrationParser.parse("altered.yaml", FILE).migration();
    }

    private static TableShape shape(Database database, Migration migration) {
        return new PostgresMigrationCatalog(database).shape(migration).orElseThrow();
    }

    private Database database() {
        return Database.ofCommand(
                DatabaseSettings.ofUrl(url), new Database.Profile("benchmark", 2, List.of(), Duration.ofHours(1)));
    }

    private void run(List<String> statements) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            for (var text : statements) {
                statement.execute(text);
            }
        }
    }

    /**
     * What the application does.
     *
     * @param perSecond transactions
     * @param connections its connections
     * @param alone for how long it is measured alone, before
     */
    public record Load(double perSecond, int connections, Duration alone) {}

    private static final class Quiet implements Progress {
        @Override
        public void waits(Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {}

        @Override
        public void failed(String message) {}
    }
}
