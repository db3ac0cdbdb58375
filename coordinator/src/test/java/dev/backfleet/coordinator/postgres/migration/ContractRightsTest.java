package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.RecordedProgress;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.RenamingWatch;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Screen;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The end of a migration without a superuser: a member of the owner, an owner without the control schema, a writer with neither. */
@Tag("server")
class ContractRightsTest {
    private final TestDatabase db = TestDatabase.open();
    private final ContractBench bench = new ContractBench(db);
    private final String suffix = db.url.replaceFirst(".*/([^/?]+).*", "$1");
    private final String command = "command_" + suffix;
    private final String owner = "owner_" + suffix;
    private final String writer = "writer_" + suffix;

    @BeforeEach
    void create() throws SQLException {
        db.run("create role " + command + " login; create role " + owner + "; create role " + writer + " login; grant "
                + owner + " to " + command);
        db.run("grant usage on schema backfleet to " + command
                + "; grant select, insert, update, delete on all tables in schema backfleet to " + command);
        db.run("create schema app authorization " + owner + "; grant usage on schema app to " + writer + ", "
                + command);
        db.run("alter default privileges for role " + owner + " revoke execute on functions from public");
        db.run("set role " + owner + "; create table app.people (id integer primary key, full_name text);"
                + " insert into app.people select i, 'Ada ' || i from generate_series(1, 10) i; grant select, insert, update on app.people to "
                + writer);
    }

    @AfterEach
    void drop() throws SQLException {
        db.run("reset role; drop schema app cascade");
        for (var role : List.of(command, owner, writer)) {
            db.run("drop owned by " + role + " cascade; drop role " + role);
        }
        db.close();
    }

    @Test
    void a_member_of_the_owner_ends_it_and_a_writer_is_noted_without_any_right() throws SQLException {
        var migration = cut(AbortRules.NONE);
        try (var database = asCommand()) {
            call(database, migration, "report");
            write("update app.people set full_name = 'Grace Hopper' where id = 1");
            assertThat(db.ask("select username from app.backfleet_writers_rights where username <> ''"))
                    .isEqualTo(writer);
            assertThat(db.ask("select first_name from app.people where id = 1")).isEqualTo("Grace");
            assertThat(call(database, migration, "rename").state()).isEqualTo(MigrationState.RENAMED);
            write("update app.people set first_name = 'Joan' where id = 1");
            assertThat(db.ask("select old_full_name_deprecated from app.people where id = 1"))
                    .isEqualTo("Joan");
            assertThat(call(database, migration, "undo").state()).isEqualTo(MigrationState.CUT);
            call(database, migration, "rename");
            assertThat(call(database, migration, "drop").state()).isEqualTo(MigrationState.CONTRACTED);
        }
        assertThat(
                        db.column(
                                "select attname from pg_attribute where attnum > 0 and not attisdropped and attrelid = 'app.people'::regclass"))
                .containsExactly("id", "first_name");
    }

    @Test
    void a_renaming_that_hurts_is_taken_back_by_a_member_of_the_owner() throws SQLException {
        db.run("create table app.failures (at timestamptz); grant select on app.failures to " + command);
        var failures = "select count(*) from app.failures";
        var bySql = cut(new AbortRules(
                List.of(
                        new Watched("rollbacks", Measure.NUMBER, AbortLimits.parse("1000/none", Measure.NUMBER)),
                        new Watched("failures", Measure.NUMBER, AbortLimits.parse("5/50", Measure.NUMBER))),
                null,
                List.of(new AbortRules.Query("failures", failures)),
                List.of()));
        // Signals are read over the table of the backfill.
        db.submit("name: backfill\ntable: app.people\nset: { first_name: full_name }\n");
        db.run("update backfleet.job set definition = (select definition from backfleet.job where name = 'backfill'),"
                + " state = 'SUCCEEDED', finished_at = now()");
        try (var database = asCommand()) {
            var report = bench.watched(
                    database,
                    as(command),
                    bySql,
                    new Hurting(() -> db.run("insert into app.failures select now() from generate_series(1, 60)")));
            assertTakenBack(report, "failures", "50");
            assertThat(db.ask("select waits_for from backfleet.migration"))
                    .startsWith("a person: the watch over the renaming has taken it back, since failures is ");
            assertThat(
                            db.ask(
                                    "select new_value || ' by ' || who || ', ' || reason from backfleet.audit order by id desc limit 1"))
                    .matches(
                            "rights: RENAMED → CUT by ann, failures is [0-9]+, at its hard threshold 50, with a baseline of 0, in two looks in a row");
            assertThat(db.column(
                            "select concat_ws(', ', type, job_name, before, after, who, left(why, 12)) from backfleet.outbox"
                                    + " where type like 'migration.renamed%' order by id"))
                    .as("others are told in the same transaction")
                    .containsExactly(
                            "migration.renamed, rights, CUT, RENAMED, ann",
                            "migration.renamed-back, rights, RENAMED, CUT, ann, failures is ");

            // An old version of the application: PostgreSQL tells of its errors only as transactions that are rolled
            // back.
            var byErrors = draft(AbortRules.NONE);
            assertTakenBack(
                    bench.watched(database, as(command), byErrors, new Hurting(this::readTheOldColumn)),
                    "rollbacks",
                    "1");
        }
        write("update app.people set full_name = 'Grace Hopper' where id = 1");
        assertThat(db.ask("select first_name from app.people where id = 1")).isEqualTo("Grace");
    }

    private void assertTakenBack(ContractReport report, String signal, String threshold) throws SQLException {
        assertThat(report.state()).isEqualTo(MigrationState.CUT);
        assertThat(report.watch()).isNotNull().satisfies(watch -> {
            assertThat(watch.end()).isEqualTo(RenamingWatch.End.TAKEN_BACK);
            assertThat(watch.against()).isNotNull().satisfies(against -> {
                assertThat(against.signal()).isEqualTo(signal);
                assertThat(against.threshold()).isEqualTo(threshold);
            });
        });
        assertThat(db.column("select attname from pg_attribute where attnum = 2 and attrelid = 'app.people'::regclass"))
                .containsExactly("full_name");
        assertThat(db.column("select watch from backfleet.cutover_watch"))
                .as("what was seen of the renaming says nothing of the cutover")
                .isEmpty();
    }

    private void readTheOldColumn() throws SQLException {
        // The statistics of a session are there when it has ended.
        try (var connection = DriverManager.getConnection(as(writer));
                var statement = connection.createStatement()) {
            for (var i = 0; i < 300; i++) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> statement.execute("select full_name from app.people"))
                        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(SqlStateCodes.NO_COLUMN));
            }
        }
    }

    /** Between two looks, something goes wrong. */
    private record Hurting(Harm harm) implements Screen {
        @Override
        public StepProgress steps() {
            return new RecordedProgress();
        }

        @Override
        public void tell(String line) {}

        @Override
        public boolean endsWithin(Duration time) {
            try {
                harm.done();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return false;
        }
    }

    @FunctionalInterface
    private interface Harm {
        void done() throws SQLException;
    }

    private Migration draft(AbortRules abort) {
        return new MigrationBench.Draft("rights", "app.people")
                .from("full_name")
                .to("first_name", "text", "split_part(full_name, ' ', 1)")
                .down("full_name", "first_name")
                .role(owner)
                .contract(ContractBench.AT_ONCE)
                .abort(abort)
                .migration();
    }

    private Migration cut(AbortRules abort) throws SQLException {
        var migration = draft(abort);
        db.run("grant all on schema public to " + owner);
        applyAsOwner(migration);
        bench.stored(migration);
        return migration;
    }

    private Database asCommand() {
        return Database.open(
                DatabaseSettings.ofUrl(as(command)),
                new Database.Profile("backfleet", 2, List.of(), Duration.ofSeconds(60)));
    }

    private void applyAsOwner(Migration migration) throws SQLException {
        var steps = new MigrationBench(db);
        db.run("set role " + owner);
        for (var step : steps.steps(migration)) {
            steps.apply(step);
        }
        db.run("reset role");
    }

    private ContractReport call(Database database, Migration migration, String what) {
        return bench.call(database, as(command), migration, contract -> switch (what) {
            case "rename" -> contract.rename(ContractBench.ANN, "rights", "2", new RecordedProgress());
            case "undo" -> contract.undo(ContractBench.ANN, "rights", new RecordedProgress());
            case "drop" -> contract.drop(ContractBench.ANN, "rights", "2", new RecordedProgress());
            default -> contract.report(ContractBench.ANN, "rights", "2", new RecordedProgress());
        });
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
}
