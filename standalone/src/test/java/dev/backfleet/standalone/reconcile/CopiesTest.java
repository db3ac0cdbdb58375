package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that copy rows into another table: by the command line, from the plan to the gate. */
@Tag("staged")
class CopiesTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @BeforeAll
    static void open() throws Exception {
        fleet = SHARED.get();
    }

    private static void tables(String suffix) throws Exception {
        fleet.run(
                "create table orders" + suffix
                        + " (id bigint primary key, ship_address text, carrier text, placed date not null, shipment_id bigint)");
        fleet.run("create table shipments" + suffix
                + " (id bigint generated always as identity primary key, order_id bigint not null unique, address text not null, "
                + "carrier varchar(10), copied_at timestamptz not null)");
        fleet.run("insert into orders" + suffix + " select i, ' street ' || i, case when i % 3 > 0 then 'dhl' end, "
                + "date '2026-01-01' + i % 30 from generate_series(1, 3000) i");
    }

    private static String spec(String suffix, String more) {
        return """
                table: orders%1$s
                into:
                  table: shipments%1$s
                  columns:
                    order_id: id
                    address: trim(ship_address)
                    carrier: carrier
                    copied_at: clock_timestamp()
                  key: [order_id]
                  write-back: { shipment_id: id }
                where: shipment_id is null
                shard: { rows: 500 }
                """.formatted(suffix) + more;
    }

    @Test
    void rows_are_copied_once_compared_repaired_and_their_copies_counted() throws Exception {
        tables("");
        var file = fleet.write("copied", spec("", "")).toString();
        var plan = fleet.json(0, "plan", "--sample", file);
        assertThat(plan.at("/sample/rows/0/after/address").asText()).isEqualTo("street 1");
        assertThat(plan.toString()).contains("insert into public.shipments (order_id, address, carrier, copied_at)");
        assertThat(fleet.ask("select count(*) from shipments")).isEqualTo("0");
        // What the application has copied by itself, before the job comes to the row.
        fleet.run("insert into shipments (order_id, address, copied_at) values (7, 'elsewhere', now())");
        fleet.run("update orders set ship_address = 'elsewhere', carrier = null where id = 7");
        fleet.command(0, "submit", file);
        fleet.command(0, "finalize", "copied");
        assertThat(fleet.ask(
                        "select count(*) from orders o join shipments s on s.id = o.shipment_id and s.order_id = o.id "
                                + "and s.address = trim(o.ship_address) and s.carrier is not distinct from o.carrier"))
                .isEqualTo("3000");
        assertThat(fleet.command(0, "show", "copied"))
                .contains(
                        "copy into public.shipments by order_id; on conflict nothing",
                        "set address = trim(ship_address)",
                        "write back shipment_id = id");
        assertThat(fleet.command(0, "reconcile", "copied", "--rate", "none")).contains("SAFE");

        // One that has no copy, one with another value, one that points to the copy of another row.
        fleet.run("delete from shipments where order_id = 11");
        fleet.run("update shipments set carrier = 'ups' where order_id = 1501");
        fleet.run("update orders set shipment_id = (select id from shipments where order_id = 5) where id = 2999");
        var report = fleet.json(10, "reconcile", "copied", "--rate", "none");
        assertThat(report.at("/answer/rows/missing").asInt()).isEqualTo(1);
        assertThat(report.at("/answer/rows/different").asInt()).isEqualTo(2);
        assertThat(report.at("/answer/pass/judged").asInt()).isEqualTo(3000);
        fleet.command(0, "reconcile", "copied", "--repair");
        assertThat(fleet.command(0, "reconcile", "copied", "--rate", "none")).contains("SAFE");

        // A copy whose row is gone.
        fleet.run("delete from orders where id in (20, 21)");
        assertThat(fleet.command(10, "reconcile", "copied", "--rate", "none"))
                .contains(
                        "INCOMPLETE",
                        "2 copies are of no row: the row was deleted, or somebody else has inserted them");
        assertThat(fleet.command(10, "gate", "copied")).contains("2 copies are of no row");
        fleet.run("delete from shipments where order_id in (20, 21)");
        fleet.command(0, "reconcile", "copied", "--rate", "none");
        fleet.command(0, "gate", "copied");
        // A second run finds nothing that is left.
        fleet.command(0, "submit", file, "--again");
        fleet.command(0, "finalize", "copied");
        assertThat(fleet.ask(
                        "select tallied_changed from backfleet.job where name = 'copied' order by id desc limit 1"))
                .isEqualTo("0");
        assertThat(fleet.command(2, "reconcile", "copied", "--different", "true"))
                .contains("cannot judge a copy");
    }

    @Tag("long")
    @Test
    void a_row_that_cannot_be_copied_costs_that_row_and_is_copied_after_a_fix() throws Exception {
        tables("_q");
        fleet.run("update orders_q set ship_address = null where id = 300");
        fleet.run("update orders_q set carrier = 'a carrier with a long name' where id = 1300");
        var file = fleet.write("reject", spec("_q", "")).toString();
        fleet.command(0, "submit", file);
        Awaitility.await().atMost(TIMEOUT).until(() -> fleet.ask(
                        "select state from backfleet.job where name = 'reject'")
                .equals("SUCCEEDED"));
        assertThat(fleet.ask("select count(*) from shipments_q")).isEqualTo("2998");
        assertThat(fleet.command(0, "quarantine", "reject")).contains("23502", "22001");
        // The other one is rejected again.
        fleet.command(9, "quarantine", "reject", "--retry", "--set", "address=coalesce(trim(ship_address), '')");
        assertThat(fleet.ask("select address from shipments_q where order_id = 300"))
                .isEmpty();
        fleet.run("update orders_q set carrier = 'long' where id = 1300");
        // What --set has changed stays: only the row that was fixed is left.
        fleet.command(0, "quarantine", "reject", "--retry");
        assertThat(
                        fleet.ask(
                                "select count(*) from orders_q o join shipments_q s on s.id = o.shipment_id and s.order_id = o.id"))
                .isEqualTo("3000");
        fleet.command(0, "finalize", "reject");
    }

    @Tag("long")
    @Test
    void with_the_sync_copies_stay_as_the_rows_are_while_the_job_runs_and_after_it() throws Exception {
        tables("_s");
        var file = fleet.write("synced", spec("_s", "")).toString();
        fleet.run(fleet.command(0, "sync", file));
        fleet.run("insert into orders_s values (4000, 'before', null, '2026-02-01')");
        fleet.command(0, "submit", file);
        fleet.run("update orders_s set ship_address = ship_address || ' b' where id % 3 = 0");
        fleet.run("delete from orders_s where id in (5, 2500)");
        fleet.command(0, "finalize", "synced");
        fleet.run(
                "update orders_s set carrier = 'ups' where id = 7; insert into orders_s values (4001, 'after', null, '2026-02-01')");
        assertThat(fleet.json(0, "reconcile", "synced", "--rate", "none")
                        .at("/answer/pass/judged")
                        .asInt())
                .isEqualTo(3000);
        assertThat(fleet.ask(
                        "select count(*) from orders_s o join shipments_s s on s.id = o.shipment_id and s.order_id = o.id "
                                + "and s.carrier is not distinct from o.carrier"))
                .isEqualTo("3000");
        fleet.run(fleet.command(0, "sync", file, "--drop"));
        fleet.run("update orders_s set carrier = 'gls' where id = 7");
        assertThat(fleet.command(10, "reconcile", "synced", "--rate", "none")).contains("1 row has other values");
        var other = fleet.write("other", "table: orders_s\nset: { carrier: upper(carrier) }\n");
        assertThat(fleet.command(2, "sync", other.toString())).contains("copies no rows");
        var some = fleet.write(
                "some", spec("_s", "").replace("where: shipment_id is null", "where: placed > '2026-01-05'"));
        assertThat(fleet.command(2, "sync", some.toString()))
                .contains("where selects rows by placed, and a sync copies every row");
    }

    @Test
    void the_table_that_takes_the_copies_is_pinned() throws Exception {
        tables("_p");
        var file = fleet.write("pinned", spec("_p", "rate: 20\n")).toString();
        fleet.command(0, "submit", file);
        Awaitility.await().atMost(TIMEOUT).until(() -> !fleet.ask("select count(*) from shipments_p")
                .equals("0"));
        fleet.run("alter table shipments_p rename column carrier to carried_by");
        Awaitility.await().atMost(TIMEOUT).until(() -> fleet.ask(
                        "select state from backfleet.job where name = 'pinned'")
                .equals("HALTED"));
        assertThat(fleet.ask("select concat(reason, error) from backfleet.job where name = 'pinned'"))
                .contains("the column carrier of public.shipments_p is another one now");
        fleet.run("alter table shipments_p rename column carried_by to carrier");
        fleet.command(0, "resume", "pinned");
        fleet.command(0, "set", "pinned", "--rate", "none");
        fleet.command(0, "finalize", "pinned");
        assertThat(fleet.ask("select count(*) from shipments_p")).isEqualTo("3000");
    }
}
