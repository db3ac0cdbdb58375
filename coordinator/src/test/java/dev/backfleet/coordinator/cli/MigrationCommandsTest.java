package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.coordinator.ControlRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code migration plan} and {@code migration sql} through the whole command line: what they print and write, and how they end. */
@Tag("server")
class MigrationCommandsTest {
    private static final String FILE = """
            migration: split
            table: public.persons
            from: [full_name]
            to:
              first: { type: text, up: "split_part(full_name, ' ', 1)" }
            finish:
              - index: { name: persons_first, on: [first] }
            """;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final MigrationCommandLine commands = new MigrationCommandLine(rows);

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        rows = new ControlRows();
        rows.execute("create table persons (id bigint primary key, full_name text)");
        rows.execute("insert into persons select i, 'Ann' || i || ' Lee' from generate_series(1, 40) i");
        rows.execute("analyze persons");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    private int run(String... arguments) {
        return commands.run(arguments);
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("m.yaml"), text).toString();
    }

    @Test
    void a_plan_is_printed_step_by_step() throws IOException {
        assertThat(run("migration", "plan", file(FILE))).as(commands.toString()).isZero();
        assertThat(commands.out())
                .startsWith("plan of split on public.persons: nothing is stored, nothing is changed\n\nSTEPS\n")
                .contains("""
                          1  expand.column.first: adds the column first of type text
                             open, ACCESS EXCLUSIVE on public.persons for an instant
                             alter table "public"."persons" add column "first" text;
                             undo: alter table "public"."persons" drop column if exists "first";
                        """)
                .doesNotContain("check: ")
                .contains("""
                             open, SHARE UPDATE EXCLUSIVE on public.persons while it reads the table, not in a transaction; the application goes on
                        """)
                .contains("BACKFILL  the spec of its job, after the steps of expand and sync\n     name: split\n")
                .contains("     where: first is null\n")
                .containsPattern(
                        "\nSYNC  an INSERT takes [0-9.]+ µs for a row in the server without it, and [0-9.]+ µs with it")
                .contains("remark    one-way: down: there is none")
                .contains("remark    batch-not-planned: backfill:");
    }

    @Test
    void the_checks_of_the_steps_are_printed_if_asked_for() throws IOException {
        assertThat(run("migration", "plan", file(FILE), "--checks")).isZero();
        assertThat(commands.out()).containsPattern("(?s)undo: alter table [^\n]*\n     check: select case");
    }

    @Test
    void a_plan_is_printed_as_JSON() throws IOException {
        assertThat(run("migration", "plan", file(FILE), "-o", "json")).isZero();
        var plan = new ObjectMapper().readTree(commands.out());
        assertThat(plan.fieldNames())
                .toIterable()
                .containsExactly("name", "table", "fit", "steps", "backfill", "cutover", "findings", "syncCost");
        assertThat(plan.at("/steps/0/locks/0/mode").asText()).isEqualTo("ACCESS EXCLUSIVE");
        assertThat(plan.at("/syncCost/rows").asInt()).isEqualTo(40);
        assertThat(plan.at("/steps/0/held").asText()).isEqualTo("instant");
        assertThat(plan.at("/steps/0/undo/0").asText()).contains("drop column if exists \"first\"");
        assertThat(plan.at("/steps/0/check").asText()).contains("pg_attribute");
        assertThat(plan.at("/findings/0/severity").asText()).isEqualTo("remark");
    }

    @Test
    void a_plan_with_an_error_ends_with_10() throws IOException {
        var wrong = FILE.replace("split_part(full_name, ' ', 1)", "split_part(full_name, id)");
        assertThat(run("migration", "plan", file(wrong))).isEqualTo(10);
        assertThat(commands.out())
                .contains("FINDINGS  1 error, ")
                .contains(
                        "error     step-impossible: to.first.up (line 5): PostgreSQL rejects it: function split_part(text, bigint) does not exist");
    }

    @Test
    void a_wrong_file_ends_with_2() throws IOException {
        var file = file(FILE.replace("from:", "form:"));
        assertThat(run("migration", "plan", file)).isEqualTo(2);
        assertThat(commands.err()).contains("m.yaml:3: form: is not a known key; did you mean from?");
        assertThat(run(
                        "migration",
                        "sql",
                        file,
                        "--format",
                        "plain",
                        "--dir",
                        folder.resolve("x").toString()))
                .isEqualTo(2);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void files_for_another_tool_are_written_once() throws IOException {
        var to = folder.resolve("db").toString();
        var file = file(FILE);
        assertThat(run("migration", "sql", file, "--format", "flyway", "--dir", to))
                .as(commands.err())
                .isZero();
        var written = commands.out().lines().toList();
        assertThat(written).allSatisfy(path -> assertThat(Path.of(path)).isRegularFile());
        assertThat(written.get(0)).matches(".*/before-backfill/V[0-9]{14}__split_001_expand_column_first\\.sql");
        assertThat(written.get(written.size() - 1))
                .matches(".*/after-backfill/V[0-9]{14}__split_[0-9]{3}_finish_index_persons_first\\.sql\\.conf");

        assertThat(run("migration", "sql", file, "--format", "flyway", "--dir", to))
                .isEqualTo(6);
        assertThat(commands.err()).contains("give another directory, or --force to replace such files");
        assertThat(run("migration", "sql", file, "--format", "rails", "--dir", to, "--force"))
                .isZero();
        assertThat(Path.of(written.get(0))).doesNotExist();
    }

    @Test
    void an_unknown_tool_is_refused() throws IOException {
        assertThat(run("migration", "sql", file(FILE), "--format", "django", "--dir", "x"))
                .isEqualTo(2);
        assertThat(commands.err()).contains("'django' is not known; write plain, flyway, liquibase, rails, prisma");
    }
}
