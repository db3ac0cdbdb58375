package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationPlan;
import dev.backfleet.coordinator.migration.plan.PlanMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a migration whose new shape is in another table, under names with quotes and blanks. */
@Tag("server")
class IntoStepsTest {
    private static final String SCHEMA = "O'dd \"s";

    private static final String FILE = """
            migration: odd-into
            table: '"O''dd ""s"."Or ders"'
            from: ['"Ship ""to"', plain]
            into:
              table: '"O''dd ""s"."Ship ments"'
              columns: { '"Order ""no"': '"I d"', '"To''w"': 'coalesce(trim("Ship ""to"), \'\'\'\')', n: plain }
              key: ['"Order ""no"']
              write-back: { '"Back'' to"': '"Id ""x"' }
            expand:
              - sql:
                  title: create copies
                  apply: |
                    create table "O'dd ""s"."Ship ments" ("Id ""x" smallint generated always as identity primary key,
                      "Order ""no" uuid not null unique, "To'w" varchar(20), n integer)
                  check: |
                    select to_regclass('"O''dd ""s"."Ship ments"') is not null
                  undo: |
                    drop table "O'dd ""s"."Ship ments"
            finish:
              - drop-not-null: '"Ship ""to"'
              - index: { name: '"w b"', on: ['"Back'' to"'] }
              - into: { not-null: '"To''w"' }
              - into: { index: { name: '"i''x"', on: [n] } }
              - foreign-key: { name: '"f k"', on: ['"Back'' to"'], references: '"O''dd ""s"."Ship ments"', columns: ['"Id ""x"'] }
            contract: { soak: 1s, clean: 1s, keep: 1s }
            """;

    private static TestDatabase db;
    private static MigrationBench bench;
    private static ContractBench contracts;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
        contracts = new ContractBench(db);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        db.run("create schema \"O'dd \"\"s\"");
        run(
                "create table {o} (\"I d\" uuid primary key, \"Ship \"\"to\" text not null, plain integer default 3, other text)");
        run("insert into {o} select gen_random_uuid(), ' to ' || i, i from generate_series(1, 20) i");
    }

    @AfterEach
    void drop() throws SQLException {
        db.run("drop schema \"O'dd \"\"s\" cascade; drop schema if exists s cascade");
    }

    private static Migration migration() {
        return MigrationParser.parse("odd.yaml", FILE).migration();
    }

    private static void run(String sql) throws SQLException {
        db.run(named(sql));
    }

    private static String ask(String sql) throws SQLException {
        return db.ask(named(sql));
    }

    private static String named(String sql) {
        return sql.replace("{o}", "\"O'dd \"\"s\".\"Or ders\"")
                .replace("{c}", "\"O'dd \"\"s\".\"Ship ments\"")
                .replace("{to}", "\"Ship \"\"to\"")
                .replace("{key}", "\"Order \"\"no\"")
                .replace("{back}", "\"Back' to\"")
                .replace("{copy}", "\"Id \"\"x\"");
    }

    /** Applies the steps of the phases; those of what a step of expand makes follow when it is there. */
    private static void applyAll(Migration migration) throws SQLException {
        var steps = List.<Step>of();
        while (!steps.equals(bench.steps(migration))) {
            steps = bench.steps(migration);
            for (var step : steps) {
                if (step.phase() != Phase.EXPAND && step.statements().isEmpty()) {
                    break;
                }
                bench.apply(step);
            }
        }
    }

    @Test
    void a_value_of_a_copy_that_does_not_fit_is_told_by_the_key_of_its_row() throws SQLException {
        run("create table {c} ({copy} smallint generated always as identity primary key, {key} uuid not null unique,"
                + " \"To'w\" varchar(20), n integer)");
        assertThat(plan(FILE).findings()).noneMatch(finding -> finding.code() == MigrationFindingCode.UP_FAILS);

        run("update {o} set {to} = repeat('x', 21) where plain = 7");
        var key = ask("select \"I d\" from {o} where plain = 7");
        assertThat(plan(FILE).findings())
                .filteredOn(finding -> finding.code() == MigrationFindingCode.UP_FAILS)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.where()).isEqualTo("into.columns.\"To'w\" (line 6)");
                    assertThat(finding.message())
                            .startsWith("of 20 sampled rows, the value of the one with \"I d\"=" + key)
                            .endsWith("cannot be computed or stored: value too long for the column");
                });
    }

    private static MigrationPlan plan(String text) {
        return new PlanMigration(
                        new PostgresMigrationCatalog(db.database),
                        new PostgresCatalog(db.database),
                        new PostgresIntake(db.database),
                        new PostgresMigrationLook(db.database))
                .run(MigrationParser.parse("odd.yaml", text));
    }

    private static long wrong() throws SQLException {
        return Long.parseLong(ask(
                "select count(*) from {o} o full join {c} c on c.{key} = o.\"I d\" where o.{back} is distinct from c.{copy} "
                        + "or c.\"To'w\" is distinct from coalesce(trim(o.{to}), '') or c.n is distinct from o.plain"));
    }

    @Test
    void steps_are_made_found_done_and_taken_back() throws SQLException {
        var before = bench.catalog(SCHEMA);
        var migration = migration();
        assertThat(bench.steps(migration))
                .extracting(Step::id)
                .startsWith("expand.sql.create copies", "sync.function", "sync.triggers");
        assertThat(bench.step(migration, "sync.triggers").statements())
                .as("the table of the copies is not there")
                .isEmpty();
        applyAll(migration);
        assertThat(bench.steps(migration))
                .extracting(Step::id)
                .containsExactly(
                        "expand.sql.create copies",
                        "expand.column.\"Back' to\"",
                        "sync.function",
                        "sync.triggers",
                        "finish.drop-not-null.\"Ship \"\"to\"",
                        "finish.index.\"w b\"",
                        "finish.into.not-null.\"To'w\".add",
                        "finish.into.not-null.\"To'w\".validate",
                        "finish.into.index.\"i'x\"",
                        "finish.foreign-key.\"f k\".add",
                        "finish.foreign-key.\"f k\".validate");
        assertThat(ask("select format_type(atttypid, atttypmod) from pg_attribute where attname = 'Back'' to'"))
                .isEqualTo("smallint");

        run("insert into {o} values (gen_random_uuid(), ' new ', 7, null)");
        run("update {o} set {to} = {to} || 'x'");
        assertThat(wrong()).isZero();
        run("update {o} set \"I d\" = gen_random_uuid() where plain < 5; delete from {o} where plain > 15");
        assertThat(wrong()).isZero();
        assertThat(ask("select count(*) from {c}")).isEqualTo("16");

        bench.undoAll(migration);
        run("alter table {o} alter {to} set not null");
        assertThat(bench.catalog(SCHEMA)).hasSameElementsAs(before);
    }

    @Test
    void whatever_is_done_to_the_sync_is_a_difference() throws SQLException {
        applyAll(migration());
        var trigger = "zz_backfleet_sync_odd-into_u";
        assertThat(difference()).isEqualTo("null");
        run("alter table {o} disable trigger \"" + trigger + "\"");
        assertThat(difference()).contains(trigger, "is disabled");
        run("alter table {o} enable always trigger \"" + trigger + "\"");
        run("create function {c}() returns trigger language plpgsql as 'begin return new; end'");
        run("create trigger zzz before update on {o} for each row execute function {c}()");
        assertThat(difference())
                .as("it fires before the row is written, and the sync after")
                .isEqualTo("null");
        run("alter trigger \"A_backfleet_sync_odd-into_d\" on {o} rename to other");
        assertThat(difference()).contains("A_backfleet_sync_odd-into_d", "is missing");
        run("alter trigger other on {o} rename to \"A_backfleet_sync_odd-into_d\"");
        var text = db.ask("select pg_get_functiondef(oid) from pg_proc where proname = 'backfleet_sync_odd-into'");
        db.run(text.replace("trim(", "ltrim("));
        assertThat(difference()).contains("the function", "was changed");
    }

    private static String difference() throws SQLException {
        return ask("select backfleet.sync_difference('{o}'::regclass, 'odd-into')"
                .replace("'{o}'", "'\"O''dd \"\"s\".\"Or ders\"'"));
    }

    @Test
    void a_write_that_cannot_be_copied_is_rejected_unless_the_file_says_otherwise() throws SQLException {
        applyAll(migration());
        var tooLong = "update {o} set {to} = repeat('x', 30) where plain = 1";
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> run(tooLong))
                .withMessageContaining("too long");
        bench.undoAll(migration());
        var leaves = MigrationParser.parse("l.yaml", FILE + "sync: { on-error: leave }\n")
                .migration();
        applyAll(leaves);
        run("insert into {o} values (gen_random_uuid(), 'short', 70)");
        run(tooLong.replace("plain = 1", "plain in (1, 70)") + "; update {o} set plain = 71 where plain = 2");
        assertThat(ask("select string_agg(\"To'w\" || n, ' ' order by n) from {c}"))
                .isEqualTo("short70 to 271");
    }

    @Test
    void who_may_write_the_rows_and_not_the_copies_keeps_the_sync_from_being_made() throws SQLException {
        applyAll(migration());
        run("grant insert, update ({to}), delete on {o} to pg_monitor");
        var refused = assertThatExceptionOfType(ExplainedFailure.class);
        refused.isThrownBy(() -> bench.steps(migration()))
                .satisfies(e ->
                        assertThat(e.kind()).as("the file is not wrong").isEqualTo(ExplainedFailure.Kind.GATE_CLOSED))
                .withMessageContaining("the role pg_monitor may write \"O'dd \"\"s\".\"Or ders\" and not the copies");
        run("grant select, insert, update on {c} to pg_monitor; grant usage on schema \"O'dd \"\"s\" to pg_monitor");
        refused.isThrownBy(() -> bench.steps(migration()));
        run("grant delete on {c} to pg_monitor");
        assertThat(bench.steps(migration())).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text collate s.ci | 'Ann' | 'ann'",
                "numeric | 1.0 | 1.00",
                "timestamptz | '2026-10-25 02:30+02' | '2026-10-25 02:30+01'",
                "bytea | '\\x00' | '\\xff'",
                "char(5) | 'a' | 'b'",
                "s.mood | 'glad' | 'sad'",
                "s.positive | 1 | 2",
                "int4range | '[1,3)' | '[1,4)'",
                "jsonb | '{\"a\": 1}' | '[]'"
            })
    void the_key_of_the_copies_may_have_any_type(String type, String one, String other) throws SQLException {
        run(
                "create schema s; create collation s.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        db.run("create type s.mood as enum ('glad', 'sad'); create domain s.positive as integer check (value > 0)");
        db.run("create table s.rows (id integer primary key, k " + type + " not null, a text)");
        db.run("create table s.copies (k " + type + " not null unique, a text)");
        var migration = MigrationParser.parse(
                        "k.yaml",
                        "migration: keys\ntable: s.rows\nfrom: [a]\ninto: { table: s.copies, columns: { k: k, a: a }, key: [k] }\n")
                .migration();
        applyAll(migration);
        var seen = "select string_agg(k::text || a, ', ') from s.copies";
        db.run("insert into s.rows values (1, " + one + ", 'x')");
        var first = db.ask(seen);
        db.run("update s.rows set k = " + other);
        assertThat(db.ask(seen)).isNotEqualTo(first).isEqualTo(db.ask("select k::text || a from s.rows"));
        db.run("update s.rows set k = " + one + ", a = 'y'");
        assertThat(db.ask(seen)).isEqualTo(db.ask("select k::text || a from s.rows"));
        db.run("delete from s.rows");
        assertThat(db.ask("select count(*) from s.copies")).isEqualTo("0");
        bench.undoAll(migration);
    }

    @Test
    void the_old_columns_are_renamed_come_back_and_go_while_rows_are_written() throws SQLException {
        run("create schema s; alter table {o} set schema s");
        var migration = MigrationParser.parse(
                        "s.yaml", FILE.replace("\"O''dd \"\"s\"", "s").replace("\"O'dd \"\"s\"", "s"))
                .migration();
        applyAll(migration);
        db.run("update s.\"Or ders\" set other = 'touched', \"Ship \"\"to\" = \"Ship \"\"to\" || '.'");
        contracts.stored(migration);
        // From this report on, writers of the old shape are noted.
        contracts.report(migration);
        write("insert into {o} values (gen_random_uuid(), 'old code', 3)");
        assertThat(noted()).isEqualTo("1");
        db.run("delete from s.\"backfleet_writers_odd-into\" where username <> ''; reset backfleet.noted");
        write(
                "insert into {o} (\"I d\", other) values (gen_random_uuid(), 'new code'); update {o} set other = 'new'; delete from {o} where plain = 9");
        assertThat(noted()).as("new code writes no old shape").isEqualTo("0");
        awaitGreen(migration);
        var before = contracts.exact("s", "\"Or ders\"");

        contracts.rename(migration);
        write("insert into {o} (\"I d\", plain_name) values (gen_random_uuid(), 8)"
                .replace("plain_name", "old_plain_deprecated"));
        assertThat(db.ask("select count(*) from s.\"Ship ments\" where n = 8 and \"To'w\" = ''"))
                .isEqualTo("1");
        assertThat(db.ask("select backfleet.sync_difference('s.\"Or ders\"'::regclass, 'odd-into')"))
                .isEqualTo("null");
        contracts.undo(migration);
        assertThat(contracts.exact("s", "\"Or ders\"")).isEqualTo(before);

        awaitGreen(migration);
        contracts.rename(migration);
        awaitGreen(migration);
        assertThat(contracts.drop(migration).state()).isEqualTo(MigrationState.CONTRACTED);
        assertThat(
                        db.column(
                                "select attname from pg_attribute where attnum > 0 and not attisdropped and attrelid = 's.\"Or ders\"'::regclass"))
                .containsExactlyInAnyOrder("I d", "other", "Back' to");
        assertThat(db.ask("select count(*) from pg_proc where proname like 'backfleet%odd-into'"))
                .isEqualTo("0");
        assertThat(
                        db.ask(
                                "select count(*) from s.\"Or ders\" o join s.\"Ship ments\" c on c.\"Id \"\"x\" = o.\"Back' to\""))
                .as("the copies stay")
                .isEqualTo("22");
    }

    private static void write(String sql) throws SQLException {
        db.run(named(sql).replace("\"O'dd \"\"s\"", "s"));
    }

    private static void awaitGreen(Migration migration) {
        await().atMost(Duration.ofSeconds(30)).until(() -> contracts.report(migration), ContractReport::green);
    }

    private static String noted() throws SQLException {
        return db.ask("select count(*) from s.\"backfleet_writers_odd-into\" where username <> ''");
    }
}
