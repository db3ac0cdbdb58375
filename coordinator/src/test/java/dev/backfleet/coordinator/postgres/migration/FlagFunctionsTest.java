package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.migration.flag.ShowFlags;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The flag of a migration as statements of applications read it, and what their roles need. */
@Tag("server")
class FlagFunctionsTest {
    private static final Path GRANTS = Path.of("../deploy/postgres/flag-grants.sql");

    private final TestDatabase db = TestDatabase.open();
    private final String app = "app_" + db.url.replaceFirst(".*/([^/?]+).*", "$1");

    @BeforeEach
    void aFlag() throws SQLException {
        db.run("insert into backfleet.flag (name, changed_by) values ('split-names', 'me')");
        db.run("create role " + app + " login");
    }

    @AfterEach
    void drop() throws SQLException {
        db.run("reset role");
        db.run("drop owned by " + app);
        db.run("drop role " + app);
        db.close();
    }

    // Computed by another program.
    @ParameterizedTest
    @CsvSource({"split-names, 7, 4465", "split-names, 42, 5748", "split-names, '', 7669", "größe, Zürich-東京-🙂, 4139"})
    void a_bucket_is_the_first_four_bytes_of_the_hash_as_a_fraction(String flag, String tenant, int bucket)
            throws SQLException {
        assertThat(db.ask("select backfleet.bucket('" + flag + "', '" + tenant + "')"))
                .isEqualTo(String.valueOf(bucket));
    }

    @Test
    void off_counts_before_a_tenants_row_and_this_before_the_percentage() throws SQLException {
        db.run("insert into backfleet.flag_tenant values ('split-names', '42', true), ('split-names', '25', false)");
        db.run("update backfleet.flag set percent = 5");
        assertThat(answers("42", "25", "1")).containsExactly("f", "f", "f");
        db.run("update backfleet.flag set state = 'ON'");
        assertThat(answers("42", "25", "1", "27")).containsExactly("t", "f", "f", "t");
        db.run("update backfleet.flag set percent = 25");
        assertThat(answers("42", "25", "1", "27")).containsExactly("t", "f", "t", "t");
        db.run("update backfleet.flag set percent = 100");
        assertThat(answers("42", "25", "1", "27")).containsExactly("t", "f", "t", "t");
    }

    @Test
    void without_a_tenant_only_all_are_in_and_a_flag_that_is_not_there_is_off() throws SQLException {
        db.run("update backfleet.flag set state = 'ON', percent = 99.99");
        assertThat(db.ask("select backfleet.flag('split-names', null)")).isEqualTo("f");
        assertThat(db.ask("select backfleet.flag('other', '7')")).isEqualTo("f");
        db.run("update backfleet.flag set percent = 100");
        assertThat(db.ask("select backfleet.flag('split-names', null)")).isEqualTo("t");
    }

    @Test
    void each_change_of_a_flag_or_its_tenants_raises_the_version() throws SQLException {
        var before = version();
        for (var change : List.of(
                "update backfleet.flag set percent = 1",
                "insert into backfleet.flag_tenant values ('split-names', '7', true)",
                "update backfleet.flag_tenant set value = false",
                "delete from backfleet.flag_tenant")) {
            db.run(change);
            assertThat(version()).as(change).isGreaterThan(before);
            before = version();
        }
        db.run("delete from backfleet.flag");
        db.run("insert into backfleet.flag (name, changed_by) values ('split-names', 'me')");
        assertThat(version()).as("made again").isGreaterThan(before);
    }

    @Test
    void tenants_are_told_only_to_those_who_do_not_know_the_version() throws SQLException {
        db.run("insert into backfleet.flag_tenant values ('split-names', '7', true), ('split-names', '42', false)");
        var all =
                "select concat_ws(' ', name, stage, state, percent, tenants, tenant_values) from backfleet.flag_states(";
        assertThat(db.ask(all + "'{}', '{}')")).isEqualTo("split-names off OFF 0.00 {42,7} {f,t}");
        assertThat(db.ask(all + "'{split-names}', '{" + version() + "}')")).isEqualTo("split-names off OFF 0.00");
        assertThat(db.ask(all + "'{split-names}', '{" + (version() - 1) + "}')"))
                .endsWith("{42,7} {f,t}");
    }

    @Test
    void all_flags_are_shown_with_their_tenants_and_given_to_flagd() throws SQLException {
        db.run(
                "insert into backfleet.flag (name, state, percent, changed_by, reason) values ('a', 'ON', 5, 'me', 'why')");
        db.run("insert into backfleet.flag_tenant values ('a', '7', true), ('a', '42', false)");
        var flags = new ShowFlags(new PostgresFlags(db.database));
        assertThat(flags.all())
                .extracting(flag -> flag.name() + " " + flag.words() + " " + flag.reason())
                .containsExactly("a ON, 5 %, with 1 tenant by name, without 1 tenant why", "split-names OFF null");
        assertThat(flags.all().get(0).tenants()).isEqualTo(Map.of("7", true, "42", false));
        assertThat(flags.flagd().flags()).containsOnlyKeys("a", "split-names");
    }

    @ParameterizedTest
    @CsvSource({"table, READS THE NEW SHAPE", "json, changedBy", "flagd, defaultVariant"})
    void the_command_prints_all_flags_in_each_format(String format, String part) {
        var printed = new StringWriter();
        var commands = BackfleetCommandLine.create(
                Backfleet.root("migration", "flags", "-o", format),
                Map.of("BACKFLEET_DATABASE_URL", db.url),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(printed, true)).setErr(new PrintWriter(printed, true));
        assertThat(commands.execute("migration", "flags", "-o", format))
                .as(printed.toString())
                .isZero();
        assertThat(printed.toString()).contains("split-names").contains(part);
    }

    @ParameterizedTest
    @CsvSource({"PLANNED, off", "EXPANDED, off", "SYNCED, dualwrite", "READY, dualwrite", "ABORTED, off"})
    void the_stage_is_that_of_the_migration(String state, String stage) throws SQLException {
        db.run("with m as (insert into backfleet.migration (name, source, table_name, table_oid, state, created_by)"
                + " values ('split-names', '', 't', 0, '" + state + "', 'me') returning id)"
                + " update backfleet.flag set migration_id = m.id from m");
        assertThat(db.ask("select stage from backfleet.flag_states('{}', '{}')"))
                .isEqualTo(stage);
    }

    @Test
    void with_the_scripts_grants_an_application_asks_in_its_statements_and_reports() throws SQLException, IOException {
        grant();
        db.run("create table public.people (tenant_id int); grant select on public.people to " + app);
        db.run("insert into public.people select i from generate_series(1, 1000) i");
        db.run("update backfleet.flag set state = 'ON', percent = 25");
        // In a parallel worker as well. Before version 16, the parameter had the other name.
        db.run(
                "select set_config(name, 'on', false) from pg_settings where name in ('debug_parallel_query', 'force_parallel_mode')");
        db.run("set role " + app);
        assertThat(db.ask("select count(*) between 150 and 350 from people"
                        + " where backfleet.flag('split-names', tenant_id::text)"))
                .isEqualTo("t");
        db.run("select backfleet.report_flags('a', array[name, 'gone'], array[version, 1])"
                + " from backfleet.flag_states('{}', '{}')");
        db.run("reset role");
        assertThat(db.ask(
                        "select string_agg(concat_ws(' ', instance, flag, version), ', ') from backfleet.flag_reader"))
                .isEqualTo("a split-names " + version());
    }

    @Test
    void a_report_is_replaced_by_the_next_and_forgotten_after_an_hour() throws SQLException {
        db.run("insert into backfleet.flag_reader values ('gone', 'split-names', 1, now() - interval '61 minutes')");
        db.run("select backfleet.report_flags('a', '{split-names}', '{1}')");
        db.run("select backfleet.report_flags('a', '{split-names}', '{2}')");
        assertThat(db.column("select instance || ' ' || version from backfleet.flag_reader"))
                .containsExactly("a 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from backfleet.flag",
                "select * from backfleet.flag_tenant",
                "select * from backfleet.flag_reader",
                "update backfleet.flag set state = 'ON'",
                "insert into backfleet.flag_tenant values ('split-names', '7', true)",
                "insert into backfleet.flag_reader values ('a', 'split-names', 1)",
                "delete from backfleet.flag_reader",
                "select nextval('backfleet.flag_version')",
                "select * from backfleet.migration"
            })
    void the_scripts_grants_do_not_permit(String statement) throws SQLException, IOException {
        grant();
        db.run("set role " + app);
        assertThatThrownBy(() -> db.run(statement)).hasMessageContaining("permission denied");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select backfleet.flag('split-names', '7')",
                "select * from backfleet.flag_states('{}', '{}')",
                "select backfleet.report_flags('a', '{}', '{}')"
            })
    void a_role_that_may_only_enter_the_schema_may_not(String call) throws SQLException {
        db.run("grant usage on schema backfleet to " + app);
        db.run("set role " + app);
        assertThatThrownBy(() -> db.run(call)).hasMessageContaining("permission denied for function");
    }

    private void grant() throws SQLException, IOException {
        db.run(Files.readString(GRANTS).replaceAll("to app;", "to " + app + ";"));
    }

    private List<String> answers(String... tenants) throws SQLException {
        return db.column("select backfleet.flag('split-names', t) from unnest('{" + String.join(",", tenants)
                + "}'::text[])" + " with ordinality u (t, n) order by n");
    }

    private long version() throws SQLException {
        return Long.parseLong(db.ask("select version from backfleet.flag"));
    }
}
