package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationPlan;
import dev.backfleet.coordinator.migration.plan.PlanMigration;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan of a migration tries out: types, a sample of rows, and the sync of a migration that is under way. */
@Tag("server")
class PlanTrialsTest {
    private static final String FILE = """
            migration: split-names
            table: tried
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "nullif(substr(tried.full_name, strpos(full_name, ' ') + 1), full_name)" }
            down: { full_name: "concat_ws(' ', first_name, tried.last_name)" }
            finish:
              - index: { name: tried_names, on: [first_name] }
            """;

    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run(
                "create role keeper; create schema kept; create domain kept.short as text; grant create, usage on schema public to keeper");
        db.run("revoke all on type kept.short from public; grant usage on schema kept to keeper");
    }

    @AfterAll
    static void close() throws SQLException {
        db.run(
                "drop table if exists tried; drop schema kept cascade; revoke all on schema public from keeper; drop role keeper");
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        db.run("truncate backfleet.migration cascade");
        db.run("drop table if exists tried; drop function if exists \"backfleet_sync_split-names\"()");
        db.run(
                "create table tried (id integer, tenant_id integer, full_name varchar(80), age integer, primary key (tenant_id, id))");
        db.run("insert into tried select i, 3, 'Ann Lee' || i, i from generate_series(1, 50) i");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "txt | type \"txt\" does not exist",
                "numeric(10, 2, 3) | invalid NUMERIC type modifier",
                "very long | syntax error at or near \"long\"",
                "anyelement | column \"first_name\" has pseudo-type anyelement",
                "kept.short | permission denied for type kept.short",
                "setof text | column \"first_name\" cannot be declared SETOF"
            })
    void a_type_that_cannot_be_is_told_with_its_line_and_nothing_else_is(String type, String words)
            throws SQLException {
        // Older versions take it for the type itself.
        assumeTrue(!type.startsWith("setof") || SharedServers.postgres().majorVersion() >= 17);
        db.run("alter table tried owner to keeper");
        var plan = plan(FILE.replace("first_name: { type: text", "first_name: { type: \"" + type + "\"")
                + "ddl: { role: keeper }\n");

        assertThat(plan.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(MigrationFindingCode.STEP_IMPOSSIBLE);
            assertThat(finding.where()).isEqualTo("to.first_name (line 5)");
            assertThat(finding.message()).contains("PostgreSQL rejects it: " + words);
            assertThat(finding.remedy()).isEqualTo("correct it in the file");
        });
        assertThat(plan.fit()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select count(*) from public.nosuch_nosuch where kaputt | SIGNAL_UNREADABLE | does not exist",
                "select 'x' | SIGNAL_IMPOSSIBLE | invalid input syntax for type double precision",
                "with d as (delete from tried returning 1) select count(*) from d | SIGNAL_IMPOSSIBLE | WITH clause",
                "select nextval('kept.numbers') | SIGNAL_IMPOSSIBLE | read-only transaction",
                "select id from public.tried | SIGNAL_IMPOSSIBLE | more than one row",
                "select pg_sleep(3)::text::float8 | SIGNAL_UNREADABLE | statement timeout",
                "select count(first_name) from public.tried | SIGNAL_UNREADABLE | \"first_name\" does not exist"
            })
    void a_signal_that_cannot_be_read_is_told_before_the_cutover(String query, String code, String words)
            throws SQLException {
        db.run("create sequence if not exists kept.numbers");
        var plan = plan(FILE + "cutover: { abort: { sql: [{ name: own, query: \"" + query.replace("\"", "\\\"")
                + "\", soft: 0, hard: 5 }] } }\n");
        assertThat(plan.findings()).first().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(MigrationFindingCode.valueOf(code));
            assertThat(finding.message())
                    .startsWith("the signal own cannot be read: ")
                    .contains(words);
        });
        assertThat(plan.fit()).isEqualTo(code.equals("SIGNAL_UNREADABLE"));
    }

    @Test
    void a_table_that_is_not_there_after_the_first_steps_is_an_error_and_so_is_a_metadata_address()
            throws SQLException {
        db.run("alter table tried add first_name text, add last_name text");
        var plan = plan(FILE
                + "cutover: { abort: { sql: [{ name: own, query: select 1 from public.nosuch, soft: 0, hard: 5 }], "
                + "http: [\"http://169.254.169.254/latest\"] } }\n");
        assertThat(plan.findings())
                .extracting(MigrationFinding::code)
                .contains(MigrationFindingCode.SIGNAL_IMPOSSIBLE, MigrationFindingCode.SIGNAL_UNREADABLE);
        assertThat(plan(FILE + "cutover: { abort: { sql: [{ name: own, query: select 1, soft: 0, hard: 5 }] } }\n")
                        .findings())
                .extracting(MigrationFinding::code)
                .doesNotContain(MigrationFindingCode.SIGNAL_IMPOSSIBLE, MigrationFindingCode.SIGNAL_UNREADABLE);
    }

    @Test
    void a_tenant_that_no_row_can_have_is_told_before_the_cutover() throws SQLException {
        var plan = plan(FILE.replace("from: [", "tenant: tenant_id\nfrom: [")
                + "cutover: { steps: [{ tenants: [3, seven, 99] }, 100] }\n");
        assertThat(plan.findings())
                .extracting(MigrationFinding::code)
                .startsWith(MigrationFindingCode.TENANT_IMPOSSIBLE, MigrationFindingCode.TENANT_WITHOUT_ROWS);
        assertThat(plan.findings().get(0).message()).contains("\"seven\" is no value of the type integer");
        assertThat(plan.findings().get(1).message()).contains("has the tenant \"99\"");
        assertThat(plan.fit()).isFalse();
    }

    @Test
    void a_row_whose_old_value_would_not_come_back_is_told_by_its_key_and_without_its_values() throws SQLException {
        assertThat(found(FILE, MigrationFindingCode.ROUND_TRIP_LOSES)).isEmpty();

        db.run("update tried set full_name = 'Secret  Agent' where id = 7");
        db.run("update tried set full_name = null where id = 9");
        assertThat(found(FILE, MigrationFindingCode.ROUND_TRIP_LOSES))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.where()).isEqualTo("down.full_name (line 7)");
                    assertThat(finding.message())
                            .isEqualTo(
                                    "1 of 50 sampled rows would not get their full_name back from first_name, last_name,"
                                            + " such as the one with id=9, tenant_id=3");
                });
        var trimmed = FILE.replace("nullif(substr(tried.full_name", "trim(substr(tried.full_name")
                .replace(", full_name)\" }", ")\" }");
        assertThat(found(trimmed, MigrationFindingCode.ROUND_TRIP_LOSES))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.message()).startsWith("2 of 50 ").doesNotContain("Secret"));
        assertThat(plan(trimmed).fit()).as("a warning").isTrue();
    }

    @Test
    void a_sample_is_taken_when_the_new_columns_are_there_and_of_partitions() throws SQLException {
        db.run(
                "drop table tried; create table tried (id integer, tenant_id integer, full_name text, first_name text, last_name text,"
                        + " primary key (tenant_id, id)) partition by list (tenant_id)");
        db.run(
                "create table tried_1 partition of tried for values in (1); create table tried_2 partition of tried for values in (2)");
        db.run(
                "insert into tried select i, 1 + i % 2, case i when 8 then 'Ann  Lee' else 'Ann' end, 'x', 'y' from generate_series(1, 20) i");

        var lossy = FILE.replace("nullif(substr(tried.full_name", "trim(substr(tried.full_name")
                .replace(", full_name)\" }", ")\" }");
        assertThat(found(lossy, MigrationFindingCode.ROUND_TRIP_LOSES))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("20 of 20 "));
        assertThat(found(FILE, MigrationFindingCode.ROUND_TRIP_LOSES)).isEmpty();
    }

    @Test
    void an_expression_that_fails_for_a_row_is_told_without_its_value() throws SQLException {
        db.run("update tried set full_name = 'Secret' where id = 7");
        var failing = FILE.replace(
                "up: \"split_part(full_name, ' ', 1)\"",
                "up: \"('Ann' = left(full_name, 3) or full_name::integer > 0)::text\"");
        assertThat(found(failing, MigrationFindingCode.UP_FAILS))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .isEqualTo("of 50 sampled rows, the value of the one with id=7, tenant_id=3"
                                + " cannot be computed or stored: invalid text for the type"));
        assertThat(found(failing, MigrationFindingCode.ROUND_TRIP_FAILS))
                .as("the same is told once")
                .isEmpty();
        assertThat(found(
                        FILE.replace(
                                "concat_ws(' ', first_name",
                                "concat_ws(' ', 1 / length(split_part(first_name, 'c', 1))"),
                        MigrationFindingCode.ROUND_TRIP_FAILS))
                .as("only for down")
                .isEmpty();
        assertThat(found(
                        FILE.replace(
                                "concat_ws(' ', first_name",
                                "concat_ws(' ', 1 / length(split_part(first_name, 'Secret', 1))"),
                        MigrationFindingCode.ROUND_TRIP_FAILS))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .startsWith("down could not be computed for a sample of rows: ")
                        .doesNotContain("Secret"));
        db.run("create or replace function tried_writes(text) returns text stable language plpgsql as"
                + " 'begin perform nextval(''tried_s''); return $1; end'");
        db.run("create sequence if not exists tried_s");
        assertThat(found(
                        FILE.replace("split_part(full_name, ' ', 1)", "tried_writes(full_name)"),
                        MigrationFindingCode.UP_FAILS))
                .as("a function that writes, and is not declared so")
                .hasSize(1);
        assertThat(db.ask("select is_called from tried_s")).isEqualTo("f");
        db.run("create or replace function tried_sleeps(text) returns text stable language plpgsql as"
                + " 'begin perform pg_sleep(1); return $1; end'");
        var slow = FILE.replace("split_part(full_name, ' ', 1)", "tried_sleeps(full_name)");
        assertThat(found(slow + "ddl: { hold: 100ms }\n", MigrationFindingCode.UP_FAILS))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("longer than hold (100 ms)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(4) | full_name | value too long for the column",
                "char(4) | full_name | value too long for the column",
                "numeric(3, 1) | case when id < 7 then 1 else 100 end | numeric value out of range",
                "smallint | case when id < 7 then 1 else 40000 end | numeric value out of range",
                "kept.small | id | check constraint violated",
                "text | nullif(full_name, 'Ann Lee7') | it gives NULL, and the column is to be NOT NULL",
            })
    void a_value_that_does_not_fit_the_column_is_told_by_the_key_of_its_row_also_without_down(
            String type, String up, String words) throws SQLException {
        db.run("create domain kept.small as integer check (value < 7)");
        db.run(
                "alter table tried rename id to \"the \"\"id\"; update tried set full_name = 'Ann' where \"the \"\"id\" < 7");
        var file = """
                migration: split-names
                table: tried
                from: [full_name]
                to:
                  fits: { type: text, up: full_name }
                  '"new ""c"': { type: "%s", up: '%s' }
                finish: [not-null: '"new ""c"']
                """.formatted(type, up.replace("id", "\"the \"\"id\"").replace("'", "''"));
        try {
            assertThat(found(file, MigrationFindingCode.UP_FAILS))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.where()).isEqualTo("to.\"new \"\"c\".up (line 6)");
                        assertThat(finding.message())
                                .startsWith("of 50 sampled rows, the value of the one with ")
                                .contains("\"the \"\"id\"=7, tenant_id=3 cannot be computed or stored: " + words)
                                .doesNotContain("Lee");
                    });
            assertThat(plan(file).fit()).as("a warning").isTrue();
            assertThat(found(
                            file.replace("type: \"" + type, "type: \"text").replace("nullif", "coalesce"),
                            MigrationFindingCode.UP_FAILS))
                    .isEmpty();
        } finally {
            db.run("drop domain kept.small");
        }
    }

    @Test
    void the_cost_of_the_sync_is_measured_and_nothing_of_it_stays() throws SQLException {
        var migration = MigrationParser.parse("m.yaml", FILE).migration();
        var look = new PostgresMigrationLook(db.database);
        var shape = new MigrationBench(db).shape(migration);
        var slow = MigrationParser.parse(
                        "m.yaml", FILE.replace("split_part(full_name, ' ', 1)", "full_name || pg_sleep(0.002)::text"))
                .migration();

        assertThat(look.syncCost(slow, new MigrationBench(db).shape(slow)).orElseThrow())
                .satisfies(cost -> {
                    assertThat(cost.rows()).isEqualTo(50);
                    assertThat(cost.insertMicrosWithSync())
                            .as("the trigger sleeps 2 ms")
                            .isGreaterThan(2_000);
                    assertThat(cost.insertMicros()).isPositive();
                });
        assertThat(db.ask("select count(*) from tried")).isEqualTo("50");
        assertThat(db.ask("select count(*) from pg_proc where proname like 'backfleet_sync_split%'"))
                .isEqualTo("0");
        db.run("delete from tried");
        assertThat(look.syncCost(migration, shape))
                .as("no rows to measure with")
                .isEmpty();
        assertThat(plan(FILE).syncCost()).as("only if asked for").isNull();
    }

    @Test
    void the_sync_of_the_file_that_was_applied_is_not_in_the_way_of_a_changed_one() throws SQLException {
        synced();
        assertThat(plan(FILE).fit()).isTrue();
        var changed = plan(FILE.replace("concat_ws(' ', first_name", "concat_ws('  ', first_name"));

        assertThat(changed.findings())
                .extracting(MigrationFinding::code)
                .contains(MigrationFindingCode.FILE_CHANGED)
                .doesNotContain(MigrationFindingCode.STEP_IN_THE_WAY, MigrationFindingCode.SYNC_LOST);
        assertThat(changed.findings().get(0).message())
                .isEqualTo(
                        "the migration split-names, which is SYNCED, was applied with another file, which differs in down");
        assertThat(plan(FILE + "ddl: { hold: 1s }\n").fit())
                .as("limits may differ")
                .isTrue();
    }

    @Test
    void a_sync_that_is_gone_is_an_error_once_the_migration_is_synced() throws SQLException {
        synced();
        db.run("drop trigger \"zz_backfleet_sync_split-names_u\" on tried");

        assertThat(found(FILE, MigrationFindingCode.SYNC_LOST)).singleElement().satisfies(finding -> {
            assertThat(finding.place()).isEqualTo("sync.triggers");
            assertThat(finding.message())
                    .startsWith("it is no longer as it was made (it is missing), and the migration is SYNCED");
        });
        assertThat(plan(FILE).fit()).isFalse();
        db.run("update backfleet.migration set state = 'EXPANDED'");
        assertThat(found(FILE, MigrationFindingCode.SYNC_LOST))
                .as("it is still to be made")
                .isEmpty();
        assertThat(plan(FILE).fit()).isTrue();
    }

    private static void synced() throws SQLException {
        var bench = new MigrationBench(db);
        var migration = MigrationParser.parse("m.yaml", FILE).migration();
        for (var step : bench.steps(migration)) {
            if (!step.id().startsWith("finish")) {
                bench.apply(step);
            }
        }
        db.run(
                "insert into backfleet.migration (name, source, table_name, table_oid, state, created_by) values ('split-names', '"
                        + FILE.replace("'", "''") + "', 'public.tried', 'tried'::regclass, 'SYNCED', 'me')");
    }

    private static List<MigrationFinding> found(String text, MigrationFindingCode code) {
        return plan(text).findings().stream()
                .filter(finding -> finding.code() == code)
                .toList();
    }

    private static MigrationPlan plan(String text) {
        return new PlanMigration(
                        new PostgresMigrationCatalog(db.database),
                        new PostgresCatalog(db.database),
                        new PostgresIntake(db.database),
                        new PostgresMigrationLook(db.database))
                .run(MigrationParser.parse("m.yaml", text));
    }
}
