package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Partitioned tables, triggers, rejected rows and schedules. */
@Tag("staged")
class ReconcileShapesTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        fleet = SHARED.get();
        fleet.run("create schema \"Odd s\"");
    }

    @Tag("long")
    @Test
    void a_partitioned_table_is_compared_as_it_is_now_and_its_triggers_do_not_fire() throws Exception {
        var table = "\"Odd s\".\"order's\"";
        fleet.run("create table " + table + " (\"Day\" date, region text collate \"C\", no integer, "
                + "amount numeric(10, 2) not null, \"Tax %\" numeric(10, 2), primary key (\"Day\", region, no)) "
                + "partition by range (\"Day\")");
        partition("p1", table, "2026-01-01", "2026-02-01");
        partition("p2", table, "2026-02-01", "2026-03-01");
        fleet.run("insert into " + table + " select date '2026-01-01' + i % 59, 'r' || i % 7, i, i / 3.0 "
                + "from generate_series(1, 6000) i");
        fleet.backfill("tax", """
                table: '"Odd s"."order''s"'
                key: ['"Day"', region, no]
                tenant: '"Day"'
                set: { '"Tax %"': amount * 0.19 }
                where: '"Tax %" is null'
                shard: { rows: 900 }
                """);
        fleet.run("update " + table + " set \"Tax %\" = 0 where no in (10, 3000, 5999)");
        // A partition that came after the job, with a row in the old form.
        partition("p3", table, "2026-03-01", "2026-04-01");
        fleet.run("insert into " + table + " select date '2026-03-05', 'r1', i, i, "
                + "case when i = 7 then null else round(i * 0.19, 2) end from generate_series(1, 500) i");
        fleet.run("create function veto() returns trigger language plpgsql as 'begin raise exception ''fired''; end'");
        fleet.run("create trigger veto before update or delete on " + table + " for each row execute function veto()");
        var report = fleet.json(10, "reconcile", "tax", "--rate", "none");
        assertThat(report.at("/answer/pass/scanned").asInt()).isEqualTo(6500);
        assertThat(report.at("/answer/rows/different").asInt()).isEqualTo(3);
        assertThat(report.at("/answer/rows/missing").asInt()).isEqualTo(1);
        assertThat(ComparingFleet.texts(report.at("/keys"), "table", "key/1", "key/2"))
                .containsExactlyInAnyOrder(
                        "\"Odd s\".p1 r3 10", "\"Odd s\".p2 r4 3000", "\"Odd s\".p2 r0 5999", "\"Odd s\".p3 r1 7");
        assertThat(fleet.json(10, "gate", "tax", "--tenant", "2026-03-05")
                        .at("/rows/missing")
                        .asInt())
                .isEqualTo(1);
        fleet.command(0, "gate", "tax", "--tenant", "2026-01-20");
        fleet.run("alter table " + table + " drop column \"Tax %\"");
        assertThat(fleet.command(6, "reconcile", "tax")).contains("\"Tax %\" was dropped");
    }

    @Test
    void a_partitioned_table_with_triggers_is_changed_compared_repaired_and_undone() throws Exception {
        fleet.run(
                "create table visits (\"Day\" date, region text collate \"C\", no integer, raw text not null, n integer, "
                        + "revision integer not null default 0, primary key (region, no, \"Day\")) partition by range (\"Day\")");
        fleet.run("create table v1 partition of visits for values from ('2026-01-01') to ('2026-02-01')");
        fleet.run("create table v2 partition of visits for values from ('2026-02-01') to ('2026-03-01')");
        fleet.run("create table visit_log (no integer, n integer)");
        fleet.run("create function revise() returns trigger language plpgsql as "
                + "'begin new.revision := old.revision + 1; return new; end'");
        fleet.run("create function log_visit() returns trigger language plpgsql as "
                + "'begin insert into public.visit_log values (new.no, new.n); return null; end'");
        fleet.run("create trigger revise before update on visits for each row execute function revise()");
        fleet.run("create trigger log_visit after update of n on visits for each row execute function log_visit()");
        fleet.run(
                "insert into visits select date '2026-01-01' + i % 59, 'r' || i % 7, i, i::text, case when i % 10 = 0 then i * 2 end "
                        + "from generate_series(1, 3000) i");
        var before = "select md5(string_agg(concat_ws(' ', \"Day\", region, no, raw, n), ',' order by no)) from visits";
        var original = fleet.ask(before);
        fleet.backfill("visits", """
                table: visits
                set: { n: raw::integer * 2 }
                where: n is null
                undo: keep
                shard: { rows: 400 }
                """);
        assertThat(fleet.ask("select count(*) || ' ' || count(distinct no) || ' ' || sum(n) from visit_log"))
                .as("each trigger has fired once for each changed row")
                .isEqualTo(fleet.ask(
                        "select count(*) || ' ' || count(*) || ' ' || sum(no * 2) from visits where no % 10 > 0"));
        assertThat(fleet.ask("select count(*) from visits where revision <> case when no % 10 = 0 then 0 else 1 end"))
                .isEqualTo("0");
        fleet.run("update visits set n = 0 where no in (11, 1501, 2999)");
        assertThat(fleet.json(10, "reconcile", "visits", "--rate", "none")
                        .at("/answer/rows/different")
                        .asInt())
                .isEqualTo(3);
        fleet.command(0, "reconcile", "visits", "--repair");
        assertThat(fleet.ask("select count(*) from visits where n <> no * 2")).isEqualTo("0");
        assertThat(fleet.command(0, "reconcile", "visits", "--rate", "none")).contains("SAFE");

        // One that others have built on, one that they have deleted.
        fleet.run("update visits set n = 5 where no = 21; delete from visits where no = 33");
        assertThat(fleet.command(0, "undo", "visits")).contains("2 rows were not put back", "r0, 21", "r5, 33");
        fleet.run("update visits set n = null where no = 21");
        fleet.run("insert into visits select date '2026-01-01' + 33 % 59, 'r' || 33 % 7, 33, '33'");
        assertThat(fleet.ask(before)).isEqualTo(original);
    }

    private static void partition(String name, String table, String from, String to) throws Exception {
        fleet.run("create table \"Odd s\"." + name + " partition of " + table + " for values from ('" + from
                + "') to ('" + to + "')");
    }

    @Test
    void rows_in_quarantine_make_it_incomplete_and_rows_that_cannot_be_computed_are_told() throws Exception {
        fleet.run("create table parts (id integer primary key, raw text not null, n integer)");
        fleet.run(
                "insert into parts select i, case when i = 300 then 'x' else i::text end from generate_series(1, 2000) i");
        var spec = fleet.write("parse", "table: parts\nset: { n: raw::integer }\nwhere: n is null\n");
        fleet.command(0, "submit", spec.toString());
        Awaitility.await().atMost(TIMEOUT).until(() -> fleet.ask("select state from backfleet.job where name = 'parse'")
                .equals("SUCCEEDED"));
        // A row is in quarantine.
        fleet.command(9, "finalize", "parse", "--timeout", "1s");
        var report = fleet.json(10, "reconcile", "parse", "--rate", "none");
        assertThat(report.at("/answer/rows/failed").asInt()).isEqualTo(1);
        assertThat(fleet.command(0, "quarantine", "parse.reconcile")).contains("22P02");
        assertThat(fleet.command(2, "quarantine", "parse.reconcile", "--retry")).contains("compares rows");
        fleet.run("update parts set raw = '300' where id = 300");
        report = fleet.json(10, "reconcile", "parse", "--rate", "none");
        assertThat(report.at("/answer/verdict").asText()).isEqualTo("INCOMPLETE");
        assertThat(report.at("/answer/rows/quarantined").asInt()).isEqualTo(1);
        fleet.command(0, "quarantine", "parse", "--retry");
        assertThat(fleet.command(10, "gate", "parse"))
                .contains("INCOMPLETE", "was in quarantine when the rows were compared");
        fleet.command(0, "reconcile", "parse", "--rate", "none");
    }

    @Tag("long")
    @Test
    void a_reconcile_is_repeated_until_that_is_ended() throws Exception {
        fleet.run("create table flags (id integer primary key, a integer not null, b integer)");
        fleet.run("insert into flags select i, i from generate_series(1, 1000) i");
        fleet.backfill("copy", "table: flags\nset: { b: a }\nwhere: b is null\n");
        assertThat(fleet.command(2, "reconcile", "copy", "--every", "10s")).contains("more often than each minute");
        fleet.command(0, "reconcile", "copy", "--every", "1h");
        awaitPasses(1);
        fleet.command(0, "gate", "copy", "--max-age", "1h");
        fleet.run("update flags set b = 0 where id = 5");
        fleet.run("update backfleet.job set submitted_at = submitted_at - interval '61 minutes' "
                + "where name = 'copy.reconcile'");
        awaitPasses(2);
        assertThat(fleet.command(10, "gate", "copy")).contains("DRIFT");
        assertThat(fleet.command(0, "status", "copy")).contains("the last reconcile has found 1 wrong row");
        fleet.command(0, "reconcile", "copy", "--every", "none");
        assertThat(fleet.ask("select count(*) from backfleet.reconcile_schedule"))
                .isEqualTo("0");
    }

    private static void awaitPasses(int passes) {
        Awaitility.await().atMost(TIMEOUT).until(() -> fleet.ask(
                        "select count(*) from backfleet.job where name = 'copy.reconcile' " + "and state = 'SUCCEEDED'")
                .equals(String.valueOf(passes)));
    }
}
