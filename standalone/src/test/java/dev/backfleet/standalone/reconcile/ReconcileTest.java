package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reconcile finds exactly the rows that are wrong, tells when they were written, and the gate answers by it. */
@Tag("staged")
class ReconcileTest {
    private static final int ROWS = 20_000;
    private static final int TENANTS = 200;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        fleet = SHARED.get();
    }

    private static void customers(String table) throws Exception {
        fleet.run("create table " + table
                + " (id bigint, tenant_id integer not null, full_name text not null, first_name text, "
                + "last_name text, primary key (tenant_id, id))");
        fleet.run("insert into " + table + " select i, i % " + TENANTS
                + ", 'Ann' || i || ' Lee' from generate_series(1, " + ROWS + ") i");
    }

    private static String split(String table) {
        return "table: " + table + "\ntenant: tenant_id\nshard: { rows: 1500 }\nset:\n"
                + "  first_name: split_part(full_name, ' ', 1)\n  last_name: split_part(full_name, ' ', 2)\n"
                + "where: first_name is null\n";
    }

    @Test
    void spoiled_rows_are_found_exactly_told_apart_by_when_they_were_written_and_the_gate_answers_by_tenant()
            throws Exception {
        customers("customers");
        // Before the job: the application has written the new columns of these, wrongly, so that the job passes over
        // them.
        fleet.run(
                "update customers set first_name = 'Bob', last_name = 'Lee' where tenant_id between 10 and 19 and id % 2 = 0 "
                        + "and id <= 2000");
        fleet.backfill("split", split("customers"));
        assertThat(fleet.command(10, "gate", "split")).contains("INCOMPLETE", "no reconcile of the job has finished");
        var before = fleet.ask("select count(*) from customers where first_name = 'Bob'");

        // After the end: 500 rows in 50 tenants.
        fleet.run(
                "update customers set first_name = null, last_name = null where tenant_id between 100 and 124 and id <= 2000");
        fleet.run("update customers set last_name = 'lee' where tenant_id between 125 and 149 and id <= 2000");
        assertThat(before).isEqualTo("50");
        var report = fleet.json(10, "reconcile", "split", "--rate", "none");
        assertThat(report.at("/answer/verdict").asText()).isEqualTo("DRIFT");
        assertThat(report.at("/answer/rows").toString())
                .isEqualTo(
                        "{\"missing\":250,\"different\":300,\"failed\":0,\"quarantined\":0,\"since\":500,\"during\":0,"
                                + "\"before\":50,\"unknown\":0,\"newOnly\":null}");
        assertThat(report.at("/answer/pass/scanned").asInt()).isEqualTo(ROWS);
        assertThat(report.at("/answer/pass/judged").asInt()).isEqualTo(ROWS);
        assertThat(report.at("/tenantsWithFindings").asInt()).isEqualTo(55);
        assertThat(ComparingFleet.texts(
                        report.at("/tenants"), "tenant", "verdict", "rows/missing", "rows/different", "rows/since"))
                .containsExactlyInAnyOrderElementsOf(expected());
        assertThat(report.at("/keys")).isNotEmpty();

        gateAnswersByTenant();
        repairs();
    }

    private void gateAnswersByTenant() throws Exception {
        assertThat(fleet.json(10, "gate", "split").at("/verdict").asText()).isEqualTo("DRIFT");
        assertThat(fleet.json(10, "gate", "split", "--tenant", "100")
                        .at("/rows/missing")
                        .asInt())
                .isEqualTo(10);
        assertThat(fleet.json(0, "gate", "split", "--tenant", "7")
                        .at("/verdict")
                        .asText())
                .isEqualTo("SAFE");
        assertThat(fleet.json(0, "gate", "split", "--tenant", "007")
                        .at("/tenant")
                        .asText())
                .isEqualTo("7");
        fleet.command(5, "gate", "split", "--tenant", "4711");
    }

    private void repairs() throws Exception {
        assertThat(fleet.json(0, "status", "split").toString()).contains("drift", "550 wrong rows");
        fleet.command(0, "reconcile", "split", "--repair");
        assertThat(fleet.ask(
                        "select sum(s.rows_changed) from backfleet.shard s join backfleet.job j on j.id = s.job_id "
                                + "where j.name = 'split.repair'"))
                .as("rows that the repair has changed")
                .isEqualTo("550");
        assertThat(fleet.command(0, "reconcile", "split", "--rate", "none")).contains("SAFE");
        fleet.command(0, "gate", "split", "--max-age", "1h");
        fleet.run(
                "update backfleet.job set finished_at = finished_at - interval '2 hours', started_at = started_at - interval "
                        + "'2 hours' where name = 'split.reconcile'");
        assertThat(fleet.command(10, "gate", "split", "--max-age", "1h")).contains("ago, and may be 1h old");
        assertThat(fleet.ask(
                        "select count(*) from backfleet.reconcile_tenant t join backfleet.job j on j.id = t.job_id "
                                + "where j.id = (select max(id) from backfleet.job where name = 'split.reconcile')"))
                .isEqualTo("0");
    }

    private static java.util.List<String> expected() {
        return IntStream.concat(IntStream.range(10, 20).filter(tenant -> tenant % 2 == 0), IntStream.range(100, 150))
                .mapToObj(tenant ->
                        tenant + (tenant < 20 ? " DRIFT 0 10 0" : tenant < 125 ? " DRIFT 10 0 10" : " DRIFT 0 10 10"))
                .toList();
    }

    @Tag("long")
    @Test
    void a_change_that_cannot_be_computed_again_needs_a_rule() throws Exception {
        fleet.run(
                "create table counters (id integer primary key, n integer not null default 0, m integer not null default 0)");
        fleet.run("insert into counters select i from generate_series(1, 5000) i");
        fleet.backfill("add-one", "table: counters\nset: { n: n + 1 }\n");
        assertThat(fleet.command(2, "reconcile", "add-one"))
                .contains("the expression of n reads n, which the job itself set", "--different");
        fleet.run("update counters set n = 7 where id in (1, 4000)");
        var report = fleet.json(10, "reconcile", "add-one", "--different", "n <> m + 1");
        assertThat(report.at("/answer/rows/different").asInt()).isEqualTo(2);
        assertThat(ComparingFleet.texts(report.at("/keys"), "finding", "key/0", "written"))
                .containsExactlyInAnyOrder("different 1 since", "different 4000 since");
        assertThat(fleet.command(2, "reconcile", "add-one", "--different", "no_column <> 1"))
                .contains("no_column");
        assertThat(fleet.command(2, "reconcile", "add-one", "--repair")).contains("cannot be computed again");
        assertThat(fleet.command(2, "reconcile", "add-one.reconcile")).contains("compares rows");
        assertThat(fleet.command(2, "gate", "add-one.reconcile")).contains("is a reconcile itself");
        assertThat(fleet.command(5, "gate", "no-such-job")).contains("no job");
    }

    @Tag("long")
    @Test
    void the_next_wave_waits_for_a_clean_reconcile_by_workers_and_drift_is_published_once() throws Exception {
        fleet.run("create table parcels (id integer primary key, full_name text not null, first_name text)");
        fleet.run("insert into parcels select i, 'Ann' || i || ' Lee' from generate_series(1, 4000) i");
        // So that each wave has wrong rows.
        fleet.run("create function spoil() returns trigger language plpgsql as "
                + "'begin if new.id % 50 = 7 then new.first_name := ''?''; end if; return new; end'");
        fleet.run("create trigger spoil before update on parcels for each row execute function spoil()");
        var spec = fleet.write("parcels", """
                table: parcels
                set: { first_name: "split_part(full_name, ' ', 1)" }
                where: first_name is null
                shard: { rows: 200 }
                rollout: { waves: [{ percent: 25 }, { percent: 100 }], promote: auto, soak: 1s }
                """);
        fleet.command(0, "submit", spec.toString());
        var job = Long.parseLong(fleet.ask("select id from backfleet.job where name = 'parcels'"));
        var verdict = "select count(*) from backfleet.reconcile_verdict v join backfleet.job p on p.id = v.job_id "
                + "where v.published_at is not null and p.reconciles = " + job;
        await().atMost(TIMEOUT).until(() -> fleet.ask(verdict).equals("1"));

        var changed = fleet.ask("select count(*) from parcels where first_name is not null");
        var wrong = fleet.ask("select count(*) from parcels where first_name = '?'");
        assertThat(fleet.ask("select wave from backfleet.job where id = " + job))
                .isEqualTo("1");
        assertThat(fleet.ask("select scanned || ' ' || different from backfleet.reconcile_verdict"
                        + " v join backfleet.job p on p.id = v.job_id where p.reconciles = " + job))
                .as("the rows of the wave, of which workers have read each")
                .isEqualTo(changed + " " + wrong);
        assertThat(fleet.json(0, "status", "parcels").toString())
                .contains("wave-not-reconciled", wrong + " rows wrong or in quarantine");

        fleet.run("drop trigger spoil on parcels");
        fleet.run("update parcels set first_name = split_part(full_name, ' ', 1) where first_name = '?'");
        fleet.command(0, "reconcile", "parcels", "--rate", "none", "--no-wait");
        fleet.command(0, "finalize", "parcels");
        assertThat(fleet.ask("select count(*) from parcels where first_name <> split_part(full_name, ' ', 1)"))
                .isEqualTo("0");
        var drifts = fleet.events("DRIFT", job);
        assertThat(drifts).hasSize(1);
        assertThat(drifts.get(0).at("/different").asText()).isEqualTo(wrong);
    }
}
