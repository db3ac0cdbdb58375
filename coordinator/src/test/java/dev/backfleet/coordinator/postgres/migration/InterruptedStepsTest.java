package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static dev.backfleet.coordinator.postgres.migration.MigrationBench.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.RecordedProgress;
import dev.backfleet.coordinator.migration.apply.StepRunner;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The session that executes the steps is ended at each statement: in the end, the catalog is that of an undisturbed run. */
@Tag("server")
class InterruptedStepsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // As the server would be restarted, or an administrator end the session, while the statement's transaction is open.
    private static final String INTERRUPTIONS = """
            create schema interruption;
            create sequence interruption.commands;
            create table interruption.at (command bigint);
            create function interruption.interrupt() returns event_trigger language plpgsql security definer as $$
              begin
                if current_setting('application_name') = 'steps' and nextval('interruption.commands') = (select command from interruption.at) then
                  perform pg_terminate_backend(pg_backend_pid());
                end if;
              end
            $$;
            create event trigger interrupted on ddl_command_end
              when tag in ('ALTER TABLE', 'CREATE INDEX', 'CREATE FUNCTION', 'CREATE TRIGGER', 'COMMENT')
              execute function interruption.interrupt();
            """;

    private static TestDatabase db;
    private static MigrationBench bench;
    private static int schemas;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void a_session_that_ends_at_any_statement_changes_nothing_of_the_end() throws Exception {
        db.run(INTERRUPTIONS);
        interruptAt(-1);
        var undisturbed = catalog(applied());
        var commands = Integer.parseInt(db.ask("select last_value from interruption.commands"));
        assertThat(commands).isGreaterThan(8);

        for (var command = 1; command <= commands; command++) {
            interruptAt(command);
            var migration = applied();

            assertThat(Integer.parseInt(db.ask("select last_value from interruption.commands")))
                    .as("statements with one that was repeated")
                    .isGreaterThanOrEqualTo(command);
            assertThat(catalog(migration))
                    .as("interrupted at statement " + command)
                    .isEqualTo(undisturbed);
        }
        db.run("drop event trigger interrupted");
    }

    @Test
    void an_index_whose_build_is_interrupted_is_removed_and_built_again() throws Exception {
        var migration = migration();
        CompletableFuture<Void> build;
        try (var old = db.connect();
                var statement = old.createStatement()) {
            // The build waits for this snapshot before it makes the index valid. The view has the builds of all
            // databases.
            statement.execute("begin isolation level repeatable read; select 1");
            build = CompletableFuture.runAsync(() -> apply(migration));
            var ours = " from pg_stat_progress_create_index where datname = current_database()";
            await().atMost(PATIENCE)
                    .until(() -> db.ask("select count(*)" + ours + " and phase like 'waiting%' and index_relid <> 0")
                            .equals("1"));
            var pid = db.ask("select pid" + ours);
            db.run("select pg_terminate_backend(" + pid + ")");
            await().atMost(PATIENCE).until(() -> db.ask("select count(*) from pg_stat_activity where pid = " + pid)
                    .equals("0"));
        }
        build.join();

        assertThat(catalog(migration)).isEqualTo(catalog(applied()));
    }

    private static void interruptAt(int command) throws SQLException {
        db.run("truncate interruption.at; insert into interruption.at values (" + command
                + "); alter sequence interruption.commands restart");
    }

    private static List<String> catalog(Migration migration) throws SQLException {
        var schema = migration.table().schema().orElseThrow().name();
        return bench.catalog(schema).stream()
                .map(line -> line.replace(schema, "S").replace(migration.name(), "N"))
                .toList();
    }

    private static Migration applied() throws SQLException {
        var migration = migration();
        apply(migration);
        return migration;
    }

    private static Migration migration() throws SQLException {
        var schema = "interrupted_" + ++schemas;
        db.run("create schema " + schema + "; create table " + schema
                + ".t (id integer primary key, full_name text not null, age integer)");
        db.run("insert into " + schema + ".t select i, 'Ada ' || i, i from generate_series(1, 100) i");
        return new MigrationBench.Draft("named" + schemas, schema + ".t")
                .from("full_name")
                .to("first_name", "text", "split_part(full_name, ' ', 1)")
                .down("full_name", "first_name")
                .finish(List.of(
                        new Element.Index(
                                name("names"),
                                List.of("first_name"),
                                false,
                                Optional.empty(),
                                List.of(),
                                Optional.empty()),
                        new Element.Check(name("grown"), sql("age >= 0")),
                        new Element.NotNull(name("age"))))
                .migration();
    }

    private static void apply(Migration migration) {
        var settings = DatabaseSettings.ofUrl(db.url);
        var limits =
                new LockLimits(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ZERO);
        Sleeper brief = duration -> Sleeper.system().sleep(duration.dividedBy(20));
        var shape = bench.shape(migration);
        try (var session =
                Database.ofCommand(settings, new Database.Profile("steps", 1, List.of(), Duration.ofDays(1)))) {
            var ddl = new Ddl(
                    session,
                    db.database,
                    shape.name(),
                    Optional.empty(),
                    limits,
                    new Waiting(Ticker.system(), brief, () -> 0.1));
            var stored = new MigrationStore(db.database)
                    .create(migration, shape.name().toString(), bench.steps(migration), Actor.commandLine("ann"));
            new StepRunner(
                            new PostgresStepExecutor(db.database, ddl, stored.id(), "ann", Ticker.system()),
                            new RecordedProgress(),
                            brief)
                    .run(bench.steps(migration));
            assertThat(db.column("select state from backfleet.migration_step where migration_id = " + stored.id()))
                    .containsOnly("DONE");
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
