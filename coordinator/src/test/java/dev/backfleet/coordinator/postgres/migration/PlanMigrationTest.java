package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationPlan;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedStep;
import dev.backfleet.coordinator.migration.plan.PlanMigration;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plan of a migration says before anything is there, and afterwards; and that it leaves nothing behind. */
@Tag("server")
class PlanMigrationTest {
    private static final String FILE = """
            migration: split-names
            table: "\\"C s\\""
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "substr(full_name, strpos(full_name, ' ') + 1)" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }
            finish:
              - index: { name: c_names, on: [last_name, first_name] }
              - not-null: first_name
            """;

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        db.run("truncate backfleet.migration cascade");
        db.run("drop table if exists \"C s\" cascade");
        db.run(
                "create table \"C s\" (id integer primary key, full_name text, age integer, upper_name text generated always as (upper(full_name)) stored)");
        db.run("insert into \"C s\" select i, 'A ' || i, i from generate_series(1, 50) i");
        db.run("analyze \"C s\"");
    }

    @Test
    void the_steps_are_shown_with_their_locks_before_anything_is_there() throws SQLException {
        var before = db.column("select relname from pg_class order by oid");
        var plan = plan(FILE);

        assertThat(plan.fit()).as(plan.toString()).isTrue();
        assertThat(plan.table()).isEqualTo("public.\"C s\"");
        assertThat(plan.steps())
                .extracting(PlannedStep::step)
                .startsWith("expand.column.first_name", "expand.column.last_name")
                .contains("finish.index.c_names");
        var column = step(plan, "expand.column.first_name");
        assertThat(column.standing()).isEqualTo("open");
        assertThat(column.held()).isEqualTo("instant");
        assertThat(column.statements())
                .containsExactly("alter table \"public\".\"C s\" add column \"first_name\" text");
        assertThat(column.locks()).containsExactly(new MigrationPlan.PlannedLock("public.\"C s\"", "ACCESS EXCLUSIVE"));
        assertThat(column.blockers()).isEmpty();
        assertThat(step(plan, "finish.index.c_names").held()).isEqualTo("concurrent");
        assertThat(plan.backfill().spec())
                .contains("name: split-names")
                .contains("where: first_name is null and last_name is null");
        assertThat(codes(plan)).contains(MigrationFindingCode.BATCH_NOT_PLANNED);
        assertThat(db.column("select relname from pg_class order by oid")).isEqualTo(before);
        assertThat(db.ask("select count(*) from backfleet.migration")).isEqualTo("0");
    }

    @Test
    void findings_about_the_table_are_told_before_the_columns_are_there() throws SQLException {
        db.run("alter table \"C s\" set (autovacuum_enabled = false)");
        var codes = plan(FILE).backfill().findings().stream().map(Finding::code).toList();
        assertThat(codes).contains(FindingCode.AUTOVACUUM_OFF);
    }

    @Test
    void steps_that_are_done_are_found_and_the_batch_is_planned() throws SQLException {
        db.run("alter table \"C s\" add first_name text, add last_name text");
        var plan = plan(FILE);

        assertThat(step(plan, "expand.column.first_name").standing()).isEqualTo("done");
        assertThat(codes(plan)).doesNotContain(MigrationFindingCode.BATCH_NOT_PLANNED);
        assertThat(plan.fit()).isTrue();
    }

    @Test
    void a_column_of_another_type_is_in_the_way() throws SQLException {
        db.run("alter table \"C s\" add first_name integer");
        var plan = plan(FILE);

        assertThat(plan.fit()).isFalse();
        assertThat(plan.findings())
                .filteredOn(one -> one.code() == MigrationFindingCode.STEP_IN_THE_WAY)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.place()).isEqualTo("expand.column.first_name");
                    assertThat(finding.message()).contains("has the type integer instead of text");
                });
    }

    @Test
    void who_is_in_the_way_is_named() throws SQLException {
        try (var other = db.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("set application_name = 'report'");
            statement.execute("select from \"C s\"");
            var blockers = step(plan(FILE), "expand.column.first_name").blockers();
            assertThat(blockers).singleElement().satisfies(blocker -> {
                assertThat(blocker.application()).isEqualTo("report");
                assertThat(blocker.granted()).isTrue();
                assertThat(blocker.words()).contains("idle in transaction").contains("AccessShareLock");
            });
            assertThat(step(plan(FILE), "finish.index.c_names").blockers()).isEmpty();
        }
    }

    @Test
    void a_broken_index_is_told() throws SQLException {
        db.run("alter table \"C s\" add first_name text, add last_name text");
        db.run("create index c_names on \"C s\" (last_name, first_name)");
        db.run("update pg_index set indisvalid = false where indexrelid = 'c_names'::regclass");
        var plan = plan(FILE);
        assertThat(step(plan, "finish.index.c_names").standing()).isEqualTo("broken");
        assertThat(codes(plan)).contains(MigrationFindingCode.STEP_BROKEN);
        assertThat(plan.fit()).isTrue();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        FILE.replace("from: [full_name]", "from: [full_name, id, upper_name, age, name]"),
                        "STEP_IMPOSSIBLE from 3: the table has no column name",
                        "FROM_IS_KEY from 3: id is a column of the primary key",
                        "FROM_IS_GENERATED from 3: upper_name is a generated column",
                        "DOWN_INCOMPLETE down 7: has no expression for age"),
                mistake(
                        FILE.replace("split_part(full_name, ' ', 1)", "left(full_name, age)")
                                        .replace("concat_ws(' ', first_name, last_name)", "left(first_name, age)")
                                + "ddl: { role: pg_monitor }\n",
                        "UP_READS_OTHER_COLUMN to.first_name.up 5: reads age",
                        "DOWN_READS_OTHER_COLUMN down.full_name 7: reads age",
                        "NOT_OWNER table 2: the role pg_monitor does not own"),
                mistake(
                        FILE.replace("split_part(full_name, ' ', 1)", "no_such(full_name)")
                                .replace(
                                        "last_name: { type: text, up: \"substr(full_name, strpos(full_name, ' ') + 1)",
                                        "last_name: { type: date, up: \"length(full_name)")
                                .replace("concat_ws(' ', first_name, last_name)", "first_name + 1"),
                        "STEP_IMPOSSIBLE to.first_name.up 5: PostgreSQL rejects it: function no_such(text) does not exist",
                        "STEP_IMPOSSIBLE to.last_name.up 6: PostgreSQL rejects it: column \"last_name\" is of type date but expression is of",
                        "STEP_IMPOSSIBLE down.full_name 7: PostgreSQL rejects it: operator does not exist: text + integer"),
                mistake(
                        FILE.replace("split_part(full_name, ' ', 1)", "concat(full_name, nextval('n_s'))"),
                        "UP_VOLATILE to 4: an expression calls nextval(), which is VOLATILE"),
                mistake("key: [age]\n" + FILE, "BACKFILL_IMPOSSIBLE key 1: no unique index"),
                mistake(
                        "backfill: { where: last_name = 7 }\n" + FILE,
                        "BACKFILL_IMPOSSIBLE backfill.where 1: PostgreSQL rejects it: operator does not exist: text = integer"),
                mistake(
                        "reconcile: { different: 7 }\n" + FILE,
                        "BACKFILL_IMPOSSIBLE reconcile.different 1: PostgreSQL rejects it: argument of WHERE must be type boolean"));
    }

    private static Arguments mistake(String file, String... findings) {
        return Arguments.of(file, List.of(findings));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void what_cannot_be_is_a_finding(String file, List<String> findings) throws SQLException {
        db.run("create sequence if not exists n_s");
        db.run("grant select on \"C s\" to pg_monitor");
        var plan = plan(file);
        var found = plan.findings().stream()
                .map(one -> one.code().name() + " " + one.place() + " " + one.line() + ": " + one.message())
                .toList();
        assertThat(findings).allSatisfy(wanted -> assertThat(found)
                .anySatisfy(one -> assertThat(one).startsWith(wanted)));
        assertThat(plan.fit()).isFalse();
    }

    @Test
    void a_trigger_that_fires_after_the_sync_is_found() throws SQLException {
        db.run("create or replace function trimmed() returns trigger language plpgsql as 'begin return new; end'");
        db.run("create trigger zz_later before insert or update on \"C s\" for each row execute function trimmed()");
        db.run("create trigger a_first before insert or update on \"C s\" for each row execute function trimmed()");
        db.run("create trigger zz_backfleet_sync_z_i before insert on \"C s\" for each row execute function trimmed()");
        db.run("create trigger zz_x_after after update on \"C s\" for each row execute function trimmed()");
        db.run(
                "create trigger \"zz_backfleet_sync_split-names_i\" before insert on \"C s\" for each row execute function trimmed()");
        assertThat(plan(FILE).findings())
                .filteredOn(one -> one.code() == MigrationFindingCode.TRIGGER_AFTER_SYNC)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .startsWith("the trigger zz_later fires after \"zz_backfleet_sync_split-names_u\""));
    }

    @Test
    void the_key_may_be_read_since_it_stays() throws SQLException {
        var plan = plan(FILE.replace("split_part(full_name, ' ', 1)", "full_name || id::text"));
        assertThat(codes(plan)).doesNotContain(MigrationFindingCode.UP_READS_OTHER_COLUMN);
        assertThat(plan.fit()).isTrue();
    }

    @Test
    void a_publication_of_all_columns_is_told() throws SQLException {
        db.run("create publication everything for table \"C s\"");
        try {
            assertThat(codes(plan(FILE))).contains(MigrationFindingCode.PUBLISHED);
        } finally {
            db.run("drop publication everything");
        }
        assertThat(codes(plan(FILE))).doesNotContain(MigrationFindingCode.PUBLISHED);
    }

    @Test
    void a_column_that_new_code_does_not_write_must_accept_null() throws SQLException {
        db.run("alter table \"C s\" alter full_name set not null");
        var oneWay = FILE.replaceFirst("down: .*\n", "");
        assertThat(codes(plan(FILE)))
                .doesNotContain(MigrationFindingCode.ONE_WAY_NOT_NULL, MigrationFindingCode.ONE_WAY);
        assertThat(codes(plan(oneWay))).contains(MigrationFindingCode.ONE_WAY_NOT_NULL, MigrationFindingCode.ONE_WAY);
        assertThat(codes(plan(oneWay + "  - drop-not-null: full_name\n")))
                .doesNotContain(MigrationFindingCode.ONE_WAY_NOT_NULL);
    }

    @Test
    void a_column_that_a_left_error_would_make_null_cannot_be_not_null_without_a_remark() throws SQLException {
        assertThat(plan(FILE).findings())
                .filteredOn(finding -> finding.code() == MigrationFindingCode.LEAVE_BESIDE_NOT_NULL)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.message()).contains("an insert for which up of first_name fails");
                    assertThat(finding.place()).isEqualTo("finish.not-null.first_name");
                });
        for (var other : List.of(
                FILE + "sync: { on-error: raise }\n",
                FILE + "  - default: { column: first_name, value: \"''\" }\n",
                FILE.replace("  - not-null: first_name\n", ""))) {
            assertThat(codes(plan(other))).doesNotContain(MigrationFindingCode.LEAVE_BESIDE_NOT_NULL);
        }
    }

    @Test
    void another_migration_of_these_columns_is_in_the_way() throws SQLException {
        stored("other", FILE.replace("split-names", "other"), "\"C s\"", "EXPANDED");
        assertThat(codes(plan(FILE))).contains(MigrationFindingCode.OTHER_MIGRATION);
        db.run("update backfleet.migration set state = 'ABORTED'");
        assertThat(codes(plan(FILE))).doesNotContain(MigrationFindingCode.OTHER_MIGRATION);
        stored("split-names", FILE, "\"C s\"", "EXPANDED");
        assertThat(codes(plan(FILE)))
                .doesNotContain(MigrationFindingCode.FILE_CHANGED, MigrationFindingCode.OTHER_MIGRATION);
        db.run("update backfleet.migration set table_oid = 1 where name = 'split-names'");
        assertThat(codes(plan(FILE))).contains(MigrationFindingCode.FILE_CHANGED);
    }

    @Test
    void what_the_migration_itself_has_made_is_no_finding_about_its_job() throws SQLException {
        db.run("insert into \"C s\" select i, 'A ' || i, i from generate_series(51, 20000) i");
        db.run("alter table \"C s\" add first_name text, add last_name text");
        db.run("create or replace function synced() returns trigger language plpgsql as 'begin return new; end'");
        db.run(
                "create trigger \"zz_backfleet_sync_split-names_u\" before update on \"C s\" for each row execute function synced()");
        db.run("analyze \"C s\"");
        assertThat(plan(FILE).backfill().findings())
                .extracting(Finding::code)
                .doesNotContain(FindingCode.TRIGGERS_FIRE, FindingCode.TRIGGER_MAY_KEEP_ROWS);

        db.run("update \"C s\" set first_name = 'A', last_name = id::text");
        db.run("alter table \"C s\" alter first_name set not null");
        assertThat(plan(FILE).backfill().findings())
                .as("no row can satisfy the condition of the job")
                .extracting(Finding::code)
                .doesNotContain(FindingCode.BATCH_WITHOUT_INDEX);

        db.run("create index c_names on \"C s\" (last_name, first_name)");
        assertThat(plan(FILE).backfill().findings()).extracting(Finding::code).contains(FindingCode.COLUMN_INDEXED);
        stored("split-names", FILE, "\"C s\"", "READY");
        db.run("update backfleet.migration set job_id = " + db.job("SUCCEEDED", 0));
        assertThat(plan(FILE).backfill().findings()).isEmpty();
    }

    @Test
    void a_table_that_does_not_exist_is_refused() {
        assertThatThrownBy(() -> plan(FILE.replace("\"\\\"C s\\\"\"", "nowhere")))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("m.yaml:2: table: there is no table nowhere");
    }

    @Test
    void a_role_that_cannot_read_the_table_is_named_with_its_line() {
        var line = FILE.lines().count() + 1;
        assertThatThrownBy(() -> plan(FILE + "ddl: { role: pg_monitor }\n"))
                .isInstanceOf(SpecException.class)
                .hasMessage("m.yaml:" + line
                        + ": ddl.role: the role pg_monitor cannot be used for the table \"C s\": permission denied for table C s; write one that owns"
                        + " the table as ddl: { role: … }, and connect as one of its members");
        assertThatThrownBy(() -> plan(FILE + "ddl: { role: nobody_here }\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("ddl.role: the role nobody_here cannot be used for the table");
    }

    @Test
    void a_view_has_no_steps() throws SQLException {
        db.run("create view seen as select * from \"C s\"");
        var plan = plan(FILE.replace("\"\\\"C s\\\"\"", "seen"));
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.findings()).singleElement().satisfies(finding -> assertThat(finding.code())
                .isEqualTo(MigrationFindingCode.STEP_IMPOSSIBLE));
    }

    private static void stored(String name, String source, String table, String state) throws SQLException {
        db.run("insert into backfleet.migration (name, source, table_name, table_oid, state, created_by) values ('"
                + name + "', '" + source.replace("'", "''") + "', '" + table + "', '" + table + "'::regclass, '" + state
                + "', 'me')");
    }

    private static MigrationPlan plan(String text) {
        return new PlanMigration(
                        new PostgresMigrationCatalog(db.database),
                        new PostgresCatalog(db.database),
                        new PostgresIntake(db.database),
                        new PostgresMigrationLook(db.database))
                .run(MigrationParser.parse("m.yaml", text));
    }

    private static PlannedStep step(MigrationPlan plan, String id) {
        return plan.steps().stream()
                .filter(step -> step.step().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<MigrationFindingCode> codes(MigrationPlan plan) {
        return plan.findings().stream().map(MigrationFinding::code).toList();
    }
}
