package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Submitting a spec through the whole command line on a real PostgreSQL: output, findings, exit codes. */
@Tag("server")
class SubmitCommandTest {
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

    private int submit(String... more) throws IOException {
        var file = Files.writeString(folder.resolve("spec.yaml"), SPEC);
        var arguments = new ArrayList<>(List.of("submit", file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private int submitFromStandardInput(String text) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        try {
            return run("submit", "-");
        } finally {
            System.setIn(before);
        }
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

    private static String id() {
        return select("select id::text from backfleet.job order by id desc limit 1")
                .get(0);
    }

    @Test
    void the_output_is_the_id_and_what_was_stored_is_told_beside_it() throws IOException {
        rows.execute("create index first on people (first)");
        try {
            assertThat(submit()).isZero();
        } finally {
            rows.execute("drop index first");
        }
        assertThat(out).hasToString(id() + "\n");
        assertThat(err.toString())
                .endsWith(
                        "backfleet: warning: the column first is in the index first: each changed row gets new entries in"
                                + " all indexes of the table (no HOT update); an index that is not needed meanwhile can be created"
                                + " after the job\n"
                                + "backfleet: names is stored as job " + id()
                                + " on public.people, about 40 rows: a coordinator plans"
                                + " its shards next; 'backfleet watch names' follows it\n");
        assertThat(select("select rate_limit::text from backfleet.job")).containsExactly("5000");
    }

    @Test
    void as_JSON_it_is_what_was_stored_with_its_findings() throws IOException {
        assertThat(submit("--paused", "-o", "json")).isZero();
        assertThat(names(json())).containsExactly("id", "name", "table", "rows", "state", "paused", "findings");
        assertThat(json().get("id").asText()).isEqualTo(id());
        assertThat(json().get("state").asText()).isEqualTo("PLANNING");
        assertThat(json().get("paused").asBoolean()).isTrue();
        assertThat(json().get("findings")).isEmpty();
        assertThat(err.toString()).contains("then it is PAUSED until 'backfleet resume names'");
        rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now()");
        out.getBuffer().setLength(0);
        Files.writeString(folder.resolve("all.yaml"), SPEC.replace("where: first is null\n", ""));
        assertThat(run("submit", folder.resolve("all.yaml").toString(), "-o", "json"))
                .isZero();
        var finding = json().get("findings").get(0);
        assertThat(names(finding)).containsExactly("code", "severity", "message", "remedy");
        assertThat(finding.get("code").asText()).isEqualTo("no-where");
    }

    @Test
    void a_name_that_succeeded_ends_with_a_code_of_its_own() throws IOException {
        assertThat(submit()).isZero();
        assertThat(submit()).isEqualTo(6);
        rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
        err.getBuffer().setLength(0);
        assertThat(submit()).isEqualTo(10);
        assertThat(err.toString())
                .endsWith("backfleet: a job named names (id " + id()
                        + ") has SUCCEEDED: a second run would change the rows that 'where' still"
                        + " selects; if that is meant, --again; otherwise give this one another name\n");
        assertThat(submit("--again")).isZero();
    }

    @Test
    void a_finding_of_severity_error_refuses_the_spec_unless_it_is_forced_which_is_audited() throws IOException {
        assertThat(submit()).isZero();
        var first = id();
        Files.writeString(folder.resolve("other.yaml"), SPEC.replace("name: names", "name: other"));
        var other = folder.resolve("other.yaml").toString();
        err.getBuffer().setLength(0);
        assertThat(run("submit", other)).isEqualTo(4);
        assertThat(err.toString())
                .endsWith("backfleet: the unfinished job names (id " + first
                        + ") sets first as well: which of both changes a row"
                        + " last is left to chance; wait for its end, or cancel one of them; if that is meant nevertheless,"
                        + " --force; 'backfleet plan SPEC' has all findings\n");
        assertThat(select("select name from backfleet.job")).containsExactly("names");
        assertThat(run("submit", other, "--force")).isZero();
        assertThat(err.toString()).contains("backfleet: error: the unfinished job names");
        assertThat(select("select new_value from backfleet.audit where action = 'submit' order by id desc limit 2"))
                .containsExactly("column-set-by-job", null);
        assertThat(run("history", "other")).isZero();
        assertThat(out.toString()).contains("submitted with --force, in spite of column-set-by-job");
        assertThat(run("status", "other")).isZero();
        assertThat(out.toString()).contains("the unfinished job names (id " + first + ") sets first as well");
    }

    @Test
    void a_dry_run_is_a_plan() throws IOException {
        assertThat(submit("--dry-run")).isZero();
        assertThat(out.toString()).startsWith("plan of   names: no job is stored\n");
        assertThat(select("select id::text from backfleet.job")).isEmpty();
    }

    @Test
    void a_spec_comes_from_standard_input_too() {
        assertThat(submitFromStandardInput(SPEC)).isZero();
        rows.execute("delete from backfleet.job");
        assertThat(submitFromStandardInput(SPEC.replace("where:", "were:"))).isEqualTo(2);
        assertThat(err.toString()).endsWith("standard input:4: were: is not a known key; did you mean where?\n");
        err.getBuffer().setLength(0);
        assertThat(submitFromStandardInput("")).isEqualTo(2);
        assertThat(err)
                .hasToString("backfleet: standard input: the file is empty; a spec has at least name, table and set\n");
    }

    @Test
    void a_file_that_is_not_there_is_told_of() {
        assertThat(run("submit", folder.resolve("no.yaml").toString())).isEqualTo(2);
        assertThat(err.toString()).endsWith("no.yaml: check the path; - is standard input\n");
    }

    @ParameterizedTest
    @CsvSource({
        "--dry-run --watch, --dry-run stores no job: leave out --watch",
        "--dry-run --migrate, --dry-run stores no job: leave out --migrate",
        "--watch -o json, --watch and -o json exclude each other: 'backfleet watch' follows the job",
    })
    void flags_that_contradict_each_other_are_refused(String flags, String message) throws IOException {
        assertThat(submit(flags.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("backfleet: " + message + "\n");
    }
}
