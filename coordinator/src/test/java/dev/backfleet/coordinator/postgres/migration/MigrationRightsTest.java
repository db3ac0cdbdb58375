package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static dev.backfleet.coordinator.postgres.migration.MigrationBench.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.RecordedProgress;
import dev.backfleet.coordinator.migration.apply.StepRunner;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.ddl.Ddl;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who needs which right: the command, the owner of the table, and those who write it. */
@Tag("server")
class MigrationRightsTest {
    private final TestDatabase db = TestDatabase.open();
    private final String suffix = db.url.replaceFirst(".*/([^/?]+).*", "$1");
    private final String command = "command_" + suffix;
    private final String owner = "owner_" + suffix;
    private final String writer = "writer_" + suffix;

    // As deploy/postgres/roles.sql has it: the command's role has the control schema, and owns nothing of the
    // application.
    @BeforeEach
    void create() throws SQLException {
        db.run("create role " + command + " login");
        db.run("create role " + owner);
        db.run("create role " + writer + " login");
        db.run("grant usage on schema backfleet to " + command);
        db.run("grant select, insert, update, delete on all tables in schema backfleet to " + command);
        db.run("create schema app authorization " + owner);
        db.run("grant usage on schema app to " + writer + ", " + command);
        db.run("set role " + owner);
        db.run("create table app.people (id integer primary key, full_name text not null)");
        db.run("insert into app.people select i, 'Ada ' || i from generate_series(1, 100) i");
        db.run("grant select, insert, update (full_name) on app.people to " + writer);
        db.run("reset role");
    }

    @AfterEach
    void drop() throws SQLException {
        db.run("drop schema app cascade");
        for (var role : List.of(command, owner, writer)) {
            db.run("drop owned by " + role + " cascade");
            db.run("drop role " + role);
        }
        db.close();
    }

    @Test
    void a_member_of_the_owner_executes_the_steps_as_the_owner_and_writers_need_no_further_right() throws Exception {
        db.run("grant " + owner + " to " + command);

        apply(migration(true));

        assertThat(db.ask("select pg_get_userbyid(proowner) from pg_proc where proname = 'backfleet_sync_rights'"))
                .isEqualTo(owner);
        assertThat(db.column("select state from backfleet.migration_step")).containsOnly("DONE");
        write("update app.people set full_name = 'Grace Hopper' where id = 1");
        assertThat(db.ask("select first_name from app.people where id = 1")).isEqualTo("Grace");
        write("insert into app.people (id, full_name) values (101, 'Ada King')");
        assertThat(db.ask("select first_name from app.people where id = 101")).isEqualTo("Ada");
    }

    @Test
    void who_is_no_member_is_told_and_nothing_is_changed() {
        assertThatExceptionOfType(ExplainedFailure.class)
                .isThrownBy(() -> apply(migration(true)))
                .withMessageContaining("the role " + owner + " cannot be used for the table app.people")
                .withMessageContaining("ddl: { role: … }");
        assertThatExceptionOfType(ExplainedFailure.class)
                .isThrownBy(() -> apply(migration(false)))
                .withMessageContaining("owns the table");
    }

    private void write(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(as(writer));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String as(String role) {
        return db.url.replaceFirst("user=[^&]*", "user=" + role);
    }

    private Migration migration(boolean asOwner) {
        var draft = new MigrationBench.Draft("rights", "app.people")
                .from("full_name")
                .to("first_name", "text", "split_part(full_name, ' ', 1)")
                .finish(List.of(
                        new Element.Check(name("named"), sql("first_name <> ''")),
                        new Element.Index(
                                name("names"),
                                List.of("first_name"),
                                false,
                                Optional.empty(),
                                List.of(),
                                Optional.empty())));
        return (asOwner ? draft.role(owner) : draft).migration();
    }

    private void apply(Migration migration) throws InterruptedException {
        var settings = DatabaseSettings.ofUrl(as(command));
        var limits =
                new LockLimits(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ZERO);
        try (var session =
                Database.ofCommand(settings, new Database.Profile("rights", 1, List.of(), Duration.ofDays(1)))) {
            var shape = new PostgresMigrationCatalog(session).shape(migration).orElseThrow();
            var steps = Steps.of(migration, shape);
            var log = new MigrationStore(session);
            var stored = log.live("rights")
                    .orElseGet(() -> log.create(migration, shape.name().toString(), steps, Actor.commandLine("ann")));
            var ddl = new Ddl(
                    session,
                    session,
                    shape.name(),
                    migration.ddl().role(),
                    limits,
                    new Waiting(Ticker.system(), Sleeper.system(), () -> 0.1));
            var executor = new PostgresStepExecutor(session, ddl, stored.id(), "ann", Ticker.system());
            new StepRunner(executor, new RecordedProgress(), Sleeper.system()).run(steps);
        }
    }
}
