package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Planning a spec through the whole command line on a real PostgreSQL: what is shown, and when it ends with 4. */
@Tag("server")
class PlanCommandTest {
    private static final String SPEC = """
            name: names
            table: public.people
            set: { first: "split_part(full_name, ' ', 1)" }
            where: first is null
            rate: 5k
            """;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        rows = new ControlRows();
        rows.execute("create table people (id bigint primary key, full_name text, first text)");
        rows.execute("insert into people select i, 'Ann' || i || ' Lee' from generate_series(1, 40) i");
        rows.execute("analyze people");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void database() {
        environment.put("BACKFLEET_DATABASE_URL", rows.url());
    }

    @AfterEach
    void forget() {
        rows.execute("delete from backfleet.job");
        assertThat(select("select count(*)::text from people where first is null"))
                .containsExactly("40");
    }

    private int run(String... arguments) {
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), environment, new SpecFailureTranslator(), new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private int plan(String... more) throws IOException {
        var file = Files.writeString(folder.resolve("spec.yaml"), SPEC);
        var arguments = new ArrayList<>(List.of("plan", file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> select(String sql) {
        return rows.database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .mapTo(String.class)
                .list());
    }

    @Test
    void a_plan_shows_what_the_job_would_do_and_on_a_terminal_five_rows() throws IOException {
        environment.put("BACKFLEET_TERMINAL", "80x24");
        assertThat(plan()).isZero();
        assertThat(out.toString().lines())
                .startsWith(
                        "plan of   names: no job is stored",
                        "",
                        "WHAT WILL RUN",
                        "table     public.people, about 40 rows",
                        "key       id",
                        "shards    about 1 of about 40 rows, cut as planning would",
                        "passes    1: the table has no index beside the key's",
                        "batch     end found by Index Only Scan (people_pkey), rows by Index Scan (people_pkey); of 1,000 rows,"
                                + " about 1 are expected to change",
                        "SQL       update public.people",
                        "          set first = (split_part(full_name, ' ', 1))",
                        "          where (id) is in the range of the batch",
                        "            and (first is null)",
                        "",
                        "MEASURED  nothing: the table is small: 1 % of its rows would be too few to measure, and the job takes"
                                + " seconds",
                        "sample    5 rows, rolled back",
                        "          id \"1\"",
                        "            first: NULL → \"Ann1\"",
                        "          id \"2\"",
                        "            first: NULL → \"Ann2\"",
                        "          id \"3\"",
                        "            first: NULL → \"Ann3\"",
                        "          id \"4\"",
                        "            first: NULL → \"Ann4\"",
                        "          id \"5\"",
                        "            first: NULL → \"Ann5\"",
                        "",
                        "FINDINGS  1 remark")
                .anyMatch(line -> line.startsWith("remark    disk-not-known: the free room of the disk is not known"));
        // Values are for the terminal only.
        assertThat(err.toString()).contains("up to five rows are changed now").doesNotContain("Ann");
        assertThat(select("select id::text from backfleet.job")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, '', false", "true, '', true", "true, --no-sample, false", "false, --sample, true"})
    void rows_are_shown_on_a_terminal_or_if_they_are_asked_for(boolean terminal, String flag, boolean shown)
            throws IOException {
        if (terminal) {
            environment.put("BACKFLEET_TERMINAL", "80x24");
        }
        assertThat(flag.isEmpty() ? plan() : plan(flag)).isZero();
        assertThat(out.toString().contains("\"Ann1\"")).isEqualTo(shown);
        assertThat(err.toString().contains("belong in no log")).isEqualTo(!shown && flag.isEmpty());
    }

    @Test
    void a_plan_is_JSON_too() throws IOException {
        assertThat(plan("--sample", "-o", "json")).isZero();
        assertThat(names(json())).containsExactly("name", "table", "fit", "run", "measured", "findings", "sample");
        assertThat(names(json().get("run")))
                .containsExactly("rows", "tables", "key", "shards", "passes", "sql", "plan", "effects", "deadline");
        assertThat(names(json().get("run").get("shards")))
                .containsExactly("count", "rowsEach", "cut", "note", "tenants");
        var row = json().get("sample").get("rows").get(0);
        assertThat(row)
                .hasToString("{\"key\":{\"id\":\"1\"},\"before\":{\"first\":null},\"after\":{\"first\":\"Ann1\"},"
                        + "\"problem\":null}");
        out.getBuffer().setLength(0);
        assertThat(plan("-o", "json")).isZero();
        assertThat(json().get("sample").isNull()).isTrue();
    }

    @Test
    void triggers_are_told_of_before_rows_are_changed_and_one_that_a_rollback_may_not_undo_prevents_it()
            throws IOException {
        environment.put("BACKFLEET_TERMINAL", "80x24");
        rows.execute("create function f() returns trigger language plpgsql as 'begin return new; end'");
        rows.execute("create trigger g after update on people for each row execute function f()");
        try {
            assertThat(plan()).isZero();
            assertThat(err.toString())
                    .contains(
                            "; triggers that the job fires: g (AFTER each row: public.f() in plpgsql); what they do outside of the transaction stays");
            assertThat(out.toString()).contains("\"Ann1\"");
            out.getBuffer().setLength(0);
            rows.execute("create trigger h before update on people for each row execute function "
                    + "tsvector_update_trigger('full_name', 'pg_catalog.simple', 'first')");
            assertThat(plan()).isZero();
            assertThat(err.toString())
                    .contains("no sample of rows: the trigger h, which is written in internal may do something that a"
                            + " rollback does not undo; 'backfleet plan --sample' shows one all the same");
            assertThat(out.toString()).doesNotContain("\"Ann1\"");
        } finally {
            rows.execute("drop function f cascade");
            rows.execute("drop trigger if exists h on people");
        }
    }

    @Test
    void a_finding_of_severity_error_ends_with_4_and_stands_first() throws IOException {
        var other = Files.writeString(folder.resolve("other.yaml"), SPEC.replace("name: names", "name: other"));
        assertThat(run("submit", other.toString())).isZero();
        out.getBuffer().setLength(0);
        Files.writeString(folder.resolve("all.yaml"), SPEC.replace("where: first is null\n", ""));
        var all = folder.resolve("all.yaml").toString();
        assertThat(run("plan", all)).isEqualTo(4);
        assertThat(out.toString().lines().dropWhile(line -> !line.startsWith("FINDINGS")))
                .contains(
                        "FINDINGS  1 error, 1 warning, 1 remark: 'backfleet submit' refuses the spec, unless --force is given")
                .anyMatch(line -> line.startsWith("error     column-set-by-job: the unfinished job other (id "))
                .contains("          → wait for its end, or cancel one of them")
                .anyMatch(line -> line.startsWith("warning   no-where: without a where"));
        out.getBuffer().setLength(0);
        assertThat(run("plan", all, "-o", "json")).isEqualTo(4);
        assertThat(json().get("fit").asBoolean()).isFalse();
        assertThat(names(json().get("findings").get(0))).containsExactly("code", "severity", "message", "remedy");
        assertThat(json().get("findings").get(0).get("severity").asText()).isEqualTo("error");
    }

    @Test
    void of_a_large_table_batches_are_measured_and_the_job_is_forecast_unless_that_is_not_wanted() throws IOException {
        rows.execute("create table big (id bigint primary key, full_name text, first text)");
        rows.execute("insert into big select i, 'Ann' || i || ' Lee' from generate_series(1, 20000) i");
        rows.execute("analyze big");
        try {
            var file = Files.writeString(folder.resolve("big.yaml"), SPEC.replace("people", "big"))
                    .toString();
            assertThat(run("plan", file)).isZero();
            assertThat(err.toString())
                    .contains("some batches are run now and rolled back, all over the table: at most 1 % of its rows");
            assertThat(out.toString().lines())
                    .contains("FORECAST  every number is about")
                    .anyMatch(
                            line -> line.matches(
                                    "trial     \\d+ batches were run and rolled back, over (1\\d\\d|200) rows; \\d+ dead rows.*"))
                    .anyMatch(line -> line.startsWith("changed   100 % of the rows; "))
                    .contains("change    20,000 rows")
                    .anyMatch(line ->
                            line.startsWith("limited   ") && line.endsWith("rows/s), with the limits of the spec"));
            out.getBuffer().setLength(0);
            // It takes four seconds at least.
            var deadline = Instant.now().plusSeconds(3);
            Files.writeString(folder.resolve("big.yaml"), "deadline: " + deadline + "\n", StandardOpenOption.APPEND);
            assertThat(run("plan", file, "-o", "json")).isZero();
            assertThat(Instant.parse(json().at("/run/deadline").asText())).isEqualTo(deadline);
            // On a machine that is busy enough, it has passed by then.
            assertThat(json().get("findings"))
                    .extracting(finding -> finding.get("code").asText())
                    .containsAnyOf("deadline-missed", "deadline-passed");
            var measured = json().get("measured");
            assertThat(names(measured)).containsExactly("measured", "forecast", "note");
            assertThat(measured.get("measured").get("deadRows").asInt()).isBetween(100, 200);
            // 5,000 rows a second are asked for.
            assertThat(measured.get("forecast")
                            .get("limited")
                            .get("rowsPerSecondAtMost")
                            .asInt())
                    .isBetween(1, 4_750);
            out.getBuffer().setLength(0);
            assertThat(run("plan", file, "--no-sample", "-o", "json")).isZero();
            assertThat(json().get("measured").isNull()).isTrue();
        } finally {
            rows.execute("drop table big");
        }
    }

    @Test
    void batches_that_PostgreSQL_rejects_are_a_finding_and_a_role_that_cannot_run_any_is_told_so() throws IOException {
        rows.execute("create table big (id bigint primary key, full_name text, first text)");
        rows.execute("insert into big select i, 'Ann' || i || ' Lee' from generate_series(1, 20000) i");
        rows.execute("analyze big");
        rows.execute("alter table big add constraint short check (length(first) < 3)");
        rows.execute("create role planner login; grant usage on schema backfleet to planner; "
                + "grant select on all tables in schema backfleet to planner; grant select, update on big to planner");
        try {
            var file = Files.writeString(folder.resolve("big.yaml"), SPEC.replace("people", "big"))
                    .toString();
            assertThat(run("plan", file)).isEqualTo(4);
            assertThat(out.toString())
                    .contains("trial-batches-rejected: each of ", "check constraint violated", "1 error");
            out.getBuffer().setLength(0);
            rows.execute("alter table big drop constraint short");
            environment.put("BACKFLEET_DATABASE_URL", rows.url().replaceFirst("user=[^&]*", "user=planner"));
            assertThat(run("plan", file)).isZero();
            assertThat(out.toString()).contains("MEASURED  nothing: this role may not write to the control schema");
        } finally {
            rows.execute("drop table big; drop owned by planner; drop role planner");
        }
    }

    @Test
    void a_wrong_spec_ends_with_2_and_flags_that_contradict_each_other_are_refused() throws IOException {
        Files.writeString(folder.resolve("wrong.yaml"), SPEC.replace("first:", "furst:"));
        assertThat(run("plan", folder.resolve("wrong.yaml").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("public.people has no column furst; did you mean first?");
        assertThat(plan("--sample", "--no-sample")).isEqualTo(2);
    }
}
