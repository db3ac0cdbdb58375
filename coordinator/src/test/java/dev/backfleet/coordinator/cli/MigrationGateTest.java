package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.Reads;
import dev.backfleet.coordinator.throttle.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code migration gate}, and the count of the tenants that a cutover names, through the whole command line. */
@Tag("server")
class MigrationGateTest {
    private static final String FILE = """
            migration: gated
            table: public.gated
            tenant: tenant_id
            from: [full_name]
            to:
              first: { type: text, up: "split_part(full_name, ' ', 1)" }
            down: { full_name: first }
            cutover: { steps: [{ tenants: [7] }, 100], soak: 1h }
            """;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Path folder;

    private final MigrationCommandLine commands = new MigrationCommandLine(rows);

    @BeforeAll
    static void proveIt() throws IOException {
        rows = new ControlRows();
        rows.execute("create table gated (tenant_id int, id int, full_name text, primary key (tenant_id, id))");
        rows.execute("insert into gated select 7 + i % 2, i, 'Ann' from generate_series(1, 40) i");
        var commands = new MigrationCommandLine(rows);
        commands.applyToItsBackfill(folder, "gated.yaml", FILE);
        rows.execute("update gated set first = full_name");
        // As the fleet would leave them: a backfill, and a reconcile that has found nothing.
        rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = now(), started_at = now()");
        assertThat(commands.run("reconcile", "gated", "--no-wait"))
                .as(commands.toString())
                .isZero();
        rows.execute(
                "update backfleet.job set state = 'SUCCEEDED', started_at = clock_timestamp(), finished_at = clock_timestamp()"
                        + " where reconciles is not null");
        rows.execute(
                "insert into backfleet.reconcile_verdict (job_id, scanned, judged, missing, different, failed, quarantined, since, before, unknown, tenants)"
                        + " select id, 40, 40, 0, 0, 0, 0, 0, 0, 0, 0 from backfleet.job where reconciles is not null");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void isReady() {
        rows.execute(
                "update backfleet.migration set state = 'READY', waits_for = null, cutover_step = 0, cutover_at = null");
        rows.execute("update backfleet.flag set state = 'OFF', percent = 0");
        rows.execute("delete from backfleet.flag_tenant");
        rows.execute("update gated set first = full_name");
    }

    private int run(String... arguments) {
        return commands.run(arguments);
    }

    private int gate(String arguments) {
        return run(("migration gate gated " + arguments).split(" ", -1));
    }

    @Test
    void says_whether_reads_may_be_switched_and_switches_nothing() throws JsonProcessingException {
        assertThat(gate("--for cutover")).as(commands.toString()).isZero();
        assertThat(commands.out()).startsWith("OPEN  cutover of gated (id ").contains(", READY)\n");
        assertThat(rows.select("select state from backfleet.flag")).isEqualTo("OFF");

        rows.execute("update backfleet.migration set state = 'CUTTING', cutover_step = 1, cutover_at = now()");
        assertThat(gate("--for cutover -o json")).isEqualTo(10);
        var answer = new ObjectMapper().readTree(commands.out());
        assertThat(answer.fieldNames())
                .toIterable()
                .containsExactly("id", "name", "state", "purpose", "tenant", "open", "reasons", "notes", "rows");
        assertThat(answer.at("/open").asBoolean()).isFalse();
        assertThat(answer.at("/purpose").asText()).isEqualTo("cutover");
        assertThat(answer.at("/reasons/0").asText()).startsWith("step 1 is on for ");
        assertThat(answer.at("/rows/verdict").asText()).isEqualTo("SAFE");

        rows.execute("update backfleet.migration set state = 'FINISHED'");
        assertThat(gate("--for cutover")).isEqualTo(10);
        assertThat(commands.out()).startsWith("CLOSED  cutover of gated").contains("when it is READY");
    }

    @Test
    void the_status_says_what_is_true_now() throws JsonProcessingException {
        assertThat(run("migration", "status", "gated")).as(commands.err()).isZero();
        assertThat(commands.out())
                .containsPattern("\nrows: SAFE, compared by job [0-9]+, which ended ")
                .contains("\nCHECKLIST  [x] done, [ ] open, [?] a person's decision\nBefore anything is changed\n")
                .contains("  [x] Is every row right?  the last reconcile has found no wrong row\n")
                .contains("  [ ] Do all tenants read the new shape, and for how long?  OFF\n")
                .contains("  [?] Who goes first?\n")
                .doesNotContain("waits for");

        rows.execute("update backfleet.migration set source = source || 'reconcile: { every: 1m, max-age: 1m }'");
        rows.execute(
                "update backfleet.job set finished_at = now() - interval '2 minutes' where reconciles is not null");
        rows.execute("update backfleet.migration_step set state = 'RUNNING' where step = 'sync.triggers'");
        assertThat(run("migration", "status", "gated")).isZero();
        assertThat(commands.out())
                .containsPattern(
                        "\nrows: INCOMPLETE, compared by job [0-9]+, which ended 2m [^:]*: the last reconcile ended ")
                .contains(
                        "\nwaits for: its gate, which says INCOMPLETE\n",
                        "\nnext: 'backfleet migration apply' takes it on\n")
                .contains("\nsync.triggers was begun by a command that has ended, and no session goes on with it\n")
                .contains("  [ ] Is the proof young enough?  INCOMPLETE: the last reconcile ended ");
        assertThat(run("migration", "status", "gated", "-o", "json")).isZero();
        var status = new ObjectMapper().readTree(commands.out());
        assertThat(status.at("/state").asText()).isEqualTo("READY");
        assertThat(status.at("/gate/verdict").asText()).isEqualTo("INCOMPLETE");
        assertThat(status.at("/work").isArray()).isTrue();
        assertThat(status.at("/checklist/0/mark").asText()).isEqualTo("done");

        rows.execute("update backfleet.migration_step set state = 'DONE' where step = 'sync.triggers'");
        rows.execute("update backfleet.job set finished_at = clock_timestamp() where reconciles is not null");
        rows.execute(
                "update backfleet.migration set source = replace(source, 'reconcile: { every: 1m, max-age: 1m }', '')");
    }

    @Test
    void a_tenant_that_no_row_has_is_neither_switched_nor_held_back() {
        assertThat(run("migration", "cutover", "gated", "--tenant", "nosuch")).isEqualTo(2);
        assertThat(commands.err()).contains("the tenant \"nosuch\" is no value of the type integer", "tenant_id");
        assertThat(run("migration", "cutover", "gated", "--tenant", "99")).isEqualTo(5);
        assertThat(commands.err()).contains("has the tenant \"99\"");
        assertThat(run("migration", "cutover", "gated", "--tenant", "99999999999999"))
                .isEqualTo(2);
        assertThat(run("migration", "cutover", "gated", "--tenant", "007")).isEqualTo(2);
        assertThat(run("migration", "cutover", "gated", "--percent", "100"))
                .as(commands.err())
                .isZero();
        for (var tenant : new String[] {"nosuch", "' or true --"}) {
            assertThat(run("migration", "rollback", "gated", "--tenant", tenant, "--reason", "x"))
                    .isEqualTo(2);
        }
        assertThat(run("migration", "rollback", "gated", "--tenant", "99", "--reason", "x"))
                .isEqualTo(5);
        assertThat(rows.select("select count(*) from backfleet.flag_tenant")).isEqualTo("0");
        assertThat(rows.select("select state from backfleet.migration")).isEqualTo("CUT");
    }

    @Test
    void a_tenant_that_is_held_back_at_the_last_step_is_what_is_waited_for() {
        assertThat(run("migration", "cutover", "gated", "--percent", "100")).isZero();
        assertThat(run("migration", "rollback", "gated", "--tenant", "8", "--reason", "ticket"))
                .as(commands.err())
                .isZero();
        rows.execute("update backfleet.migration set source = replace(source, 'soak: 1h', 'soak: 1h, promote: auto')");
        assertThat(run("migration", "status", "gated")).isZero();
        assertThat(commands.out())
                .contains(
                        "waits for: the tenant 8, which goes on with the old shape",
                        "\nnext: 'backfleet migration cutover gated --tenant 8'")
                .doesNotContain("next step: by the coordinator");
        assertThat(run("migration", "cutover", "gated", "--tenant", "8"))
                .as(commands.err())
                .isZero();
        assertThat(rows.select("select state from backfleet.migration")).isEqualTo("CUT");
        rows.execute("update backfleet.migration set source = replace(source, ', promote: auto', '')");
    }

    @Test
    void the_audit_of_a_migration_has_its_states_its_flag_and_its_job_and_those_of_no_other() {
        rows.execute("insert into backfleet.audit (who, action, new_value) values ('eve', 'flag', 'gated%: OFF → ON'),"
                + " ('eve', 'migration', 'ated: PLANNED'), ('eve', 'webhook test', 'gated: x')");
        assertThat(run("migration", "cutover", "gated", "--percent", "100")).isZero();
        assertThat(run("migration", "rollback", "gated", "--tenant", "8", "--reason", "ticket 9"))
                .isZero();
        assertThat(run("audit", "gated")).as(commands.err()).isZero();
        assertThat(commands.out())
                .contains("migration gated: PLANNED", "migration gated: PLANNED → EXPANDED", " gated  submit")
                .contains("flag gated: OFF → ON, 100 %", "ticket 9")
                .doesNotContain("eve");
        assertThat(run("audit", "gated", "--action", "flag", "-o", "json")).isZero();
        assertThat(commands.out()).contains("flag").doesNotContain("submit");
        rows.execute("delete from backfleet.audit where who = 'eve'");
    }

    @Test
    void a_renaming_after_which_a_signal_is_bad_is_taken_back_and_ends_with_12() throws JsonProcessingException {
        var before = rows.select("select source from backfleet.migration");
        // Bad as soon as the column has another name; no threshold is a multiple, so no minute is measured before.
        rows.execute(
                "update backfleet.migration set state = 'CUT', source = replace(source, 'soak: 1h', 'soak: 1h, abort: {"
                        + " rollbacks: 1000/none, sql: [{ name: renamed, query: \"select count(*) from pg_catalog.pg_attribute where"
                        + " attname = ''old_full_name_deprecated''\", soft: 0, hard: 1 }] }')"
                        + " || 'contract: { soak: 1s, clean: 1s }'");
        rows.execute("update backfleet.flag set state = 'ON', percent = 100, changed_at = now() - interval '1 hour'");
        await().until(() -> run("migration", "contract", "gated", "--i-have-deployed", "1") == 0);
        assertThat(run("migration contract gated --rename --watch 1m --i-have-deployed 1 --yes -o json".split(" ")))
                .as(commands.err())
                .isEqualTo(12);
        var report = new ObjectMapper().readTree(commands.out());
        assertThat(report.at("/state").asText()).isEqualTo("CUT");
        assertThat(report.at("/watch/end").asText()).isEqualTo("TAKEN_BACK");
        assertThat(report.at("/watch/against/signal").asText()).isEqualTo("renamed");
        assertThat(report.at("/watch/against/threshold").asText()).isEqualTo("1");
        assertThat(commands.err())
                .contains("before the renaming, the signals are looked at for 3s: rollbacks, renamed")
                .contains(
                        "renamed is 1, at its hard threshold 1, with a baseline of 0, in two looks in a row: the old columns");
        assertThat(run("migration", "status", "gated")).isZero();
        assertThat(commands.out()).contains("waits for: a person: the watch over the renaming has taken it back");
        rows.execute("update backfleet.migration set source = '" + before.replace("'", "''") + "'");
    }

    @Test
    void a_signal_at_its_hard_threshold_closes_the_gate_and_refuses_the_first_step() {
        rows.execute(
                "update backfleet.migration set source = replace(source, 'soak: 1h', 'soak: 1h, abort: { sql: [{ name: failures, query: \"select 7\", soft: 0, hard: 5 }] }')");
        assertThat(gate("--for cutover")).as(commands.err()).isZero();
        assertThat(commands.out()).contains("no coordinator has looked at the signals yet");
        var look = CutoverWatch.NEW.next(new CutoverWatch.Look(
                Instant.now(),
                Reads.NOBODY,
                Duration.ofHours(1),
                List.of(new Watched("failures", Measure.NUMBER, AbortLimits.parse("0/5", Measure.NUMBER))),
                List.of(new Sample("failures", Measure.NUMBER, 7.0, null))));
        rows.execute("insert into backfleet.cutover_watch (migration_id, watch) select id, '"
                + CutoverWatch.JSON.write(look) + "' from backfleet.migration");
        try {
            assertThat(gate("--for cutover")).as(commands.toString()).isEqualTo(10);
            assertThat(commands.out()).contains("failures is 7, at its hard threshold 5");
            assertThat(run("migration", "cutover", "gated")).isEqualTo(10);
            assertThat(commands.err()).contains("failures is 7, at its hard threshold 5");
            assertThat(rows.select("select state from backfleet.flag")).isEqualTo("OFF");
        } finally {
            rows.execute("delete from backfleet.cutover_watch");
            rows.execute("update backfleet.migration set source = regexp_replace(source, ', abort: .*] } ?}', ' }')");
        }
    }

    @Test
    void a_reconcile_by_another_condition_than_that_of_the_file_proves_nothing_of_it() {
        var before = rows.select("select source from backfleet.migration");
        rows.execute(
                "update backfleet.migration set source = source || '\nreconcile: { different: \"first <> full_name\" }\n'");
        for (var command : List.of(
                "migration gate gated --for cutover",
                "migration gate gated --for cutover --tenant 7",
                "migration cutover gated")) {
            assertThat(run(command.split(" "))).as(command).isEqualTo(10);
            assertThat(commands.toString())
                    .contains("the last reconcile has judged rows by another condition than reconcile.different");
        }
        assertThat(rows.select("select state from backfleet.flag")).isEqualTo("OFF");
        rows.execute("update backfleet.migration set source = '" + before.replace("'", "''") + "'");
    }

    @Test
    void the_old_columns_may_not_go_while_tenants_read_them() {
        assertThat(gate("--for contract")).isEqualTo(10);
        assertThat(commands.out()).contains("CLOSED  contract of gated", "the migration is READY");
        rows.execute("update backfleet.migration set state = 'CUT'");
        assertThat(gate("--for contract")).as(commands.toString()).isEqualTo(10);
        assertThat(commands.out()).contains("CLOSED  contract of gated (id ", "(proven): ");
        assertThat(gate("--for contract --tenant 7")).isEqualTo(2);
        assertThat(gate("--for lunch")).isEqualTo(2);
    }

    @Test
    void a_row_that_went_wrong_after_the_reconcile_is_counted_before_its_tenant_is_switched() {
        // Around the trigger, as a subscription or a disabled trigger would.
        rows.execute("set backfleet.sync = 'gated'; update gated set first = 'Bob' where id = 2; reset backfleet.sync");
        assertThat(rows.select(
                        "select count(*) from gated where first = 'Bob' and full_name = 'Ann' and tenant_id = 7"))
                .isEqualTo("1");

        assertThat(run("migration", "cutover", "gated")).isEqualTo(10);
        assertThat(commands.err()).contains("the gate refuses the tenant 7: 1 wrong row, counted just now");
        assertThat(rows.select("select state from backfleet.flag")).isEqualTo("OFF");
        assertThat(run("migration", "cutover", "gated", "--tenant", "8"))
                .as(commands.err())
                .isZero();
        assertThat(rows.select("select tenant from backfleet.flag_tenant where value"))
                .isEqualTo("8");

        rows.execute("update gated set first = full_name");
        assertThat(run("migration", "cutover", "gated")).as(commands.err()).isZero();
    }
}
