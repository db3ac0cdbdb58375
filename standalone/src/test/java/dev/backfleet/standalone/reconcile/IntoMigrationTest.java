package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Columns that move to another table, by the files of docs/examples/shipments: from the first plan to the dropped columns. */
@Tag("staged")
class IntoMigrationTest {
    private static final Path EXAMPLE = Path.of("../docs/examples/shipments");

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        fleet = SHARED.get();
    }

    /** A file of the example in a schema of its own, with fewer rows and shorter times, by a role that is no superuser. */
    private static String example(String name, String schema) throws Exception {
        return Files.readString(EXAMPLE.resolve(name))
                        .replace("public.", schema + ".")
                        .replace("split-shipments", schema)
                        .replace("200000", "3000")
                + (name.endsWith(".yaml")
                        ? "cutover: { steps: [100], soak: 1s }\ncontract: { soak: 1s, clean: 1s, keep: 1s }\nddl: { role: "
                                + schema + "_owner }\n"
                        : "");
    }

    private String file(String schema) throws Exception {
        fleet.run("create role " + schema + "_owner; create schema " + schema + " authorization " + schema + "_owner");
        fleet.run("set role " + schema + "_owner");
        for (var statement : example("orders.sql", schema).split(";\n")) {
            fleet.run(statement);
        }
        fleet.run("reset role");
        return Files.writeString(folder.resolve(schema + ".yaml"), example("split-shipments.migration.yaml", schema))
                .toString();
    }

    private static void run(String schema, String sql) throws Exception {
        fleet.run(sql.replace("{s}", schema));
    }

    private static String wrong(String schema) throws Exception {
        return fleet.ask(
                ("select count(*) from {s}.orders o full join {s}.shipments c on c.order_id = o.id where c.id is distinct from o.shipment_id "
                                + "or c.address is distinct from coalesce(trim(o.ship_address), '')")
                        .replace("{s}", schema));
    }

    @Tag("long")
    @Test
    void from_the_file_to_the_dropped_columns() throws Exception {
        var file = file("moved");
        assertThat(fleet.command(0, "migration", "plan", file))
                .contains("into-not-there: into.table (line ", "expand.sql.create shipments");
        assertThat(fleet.ask("select to_regclass('moved.shipments')")).isEqualTo("null");
        var export = folder.resolve("sql").toString();
        assertThat(fleet.command(2, "migration", "sql", file, "--format", "plain", "--dir", export))
                .contains("the table that takes the copies is not there yet");
        fleet.command(0, "migration", "apply", file);
        assertThat(fleet.command(0, "migration", "sql", file, "--format", "plain", "--dir", export))
                .contains("sync_triggers", "finish_into_index");
        assertThat(wrong("moved")).isEqualTo("0");
        assertThat(fleet.ask("select count(*) from moved.shipments")).isEqualTo("3000");
        assertThat(fleet.ask("select string_agg(state, ' ') from backfleet.migration_step where state <> 'DONE' "
                        + "and migration_id = (select id from backfleet.migration where name = 'moved')"))
                .isEqualTo("null");
        assertThat(fleet.ask("select pg_get_userbyid(relowner) from pg_class where oid = 'moved.shipments'::regclass"))
                .isEqualTo("moved_owner");
        assertThat(fleet.command(0, "migration", "plan", file)).contains("SYNC  an INSERT takes");

        run("moved", "update {s}.orders set ship_address = 'x' where id = 1; delete from {s}.orders where id = 2");
        run("moved", "insert into {s}.orders values (5000, 1, ' new ', 'dhl', '2026-02-01')");
        assertThat(wrong("moved")).isEqualTo("0");
        fleet.command(10, "migration", "cutover", "moved");
        fleet.command(0, "migration", "cutover", "moved", "--one-way");
        // New code: the copies are the truth now.
        run("moved", "update {s}.shipments set address = 'elsewhere' where order_id = 7");
        run("moved", "insert into {s}.orders (id, customer_id) values (5001, 1)");
        run("moved", "update {s}.shipments set address = 'by new code' where order_id = 5001");
        assertThat(fleet.command(0, "reconcile", "moved", "--rate", "none")).contains("SAFE");
        run(
                "moved",
                "update {s}.orders set shipment_id = null where id = 8; delete from {s}.shipments where order_id = 8");
        assertThat(fleet.json(10, "reconcile", "moved", "--rate", "none")
                        .at("/answer/rows/missing")
                        .asInt())
                .isEqualTo(1);
        run("moved", "insert into {s}.shipments (order_id, address) values (8, 'again')");
        run(
                "moved",
                "update {s}.orders set shipment_id = (select id from {s}.shipments where order_id = 8) where id = 8");
        fleet.command(0, "reconcile", "moved", "--rate", "none");

        contract("--rename");
        run("moved", "insert into {s}.orders (id, customer_id) values (5002, 1)");
        assertThat(fleet.ask("select count(*) from moved.shipments where order_id = 5002"))
                .as("the sync knows the new names")
                .isEqualTo("1");
        contract("--drop", "--yes");
        assertThat(fleet.ask("select string_agg(attname, ' ' order by attnum) from pg_attribute "
                        + "where attrelid = 'moved.orders'::regclass and attnum > 0 and not attisdropped"))
                .isEqualTo("id customer_id shipment_id");
        assertThat(fleet.ask("select count(*) from pg_trigger where tgname like '%backfleet%moved%'"))
                .isEqualTo("0");
        assertThat(fleet.ask("select address from moved.shipments where order_id = 7"))
                .isEqualTo("elsewhere");
        assertThat(fleet.ask("select count(*) from moved.shipments")).isEqualTo("3002");
    }

    private static void contract(String... step) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> fleet.command(0, "migration", "contract", "moved", "--i-have-deployed", "2.0"));
        var command =
                Stream.concat(Stream.of("migration", "contract", "moved", "--i-have-deployed", "2.0"), Stream.of(step));
        fleet.command(0, command.toArray(String[]::new));
    }

    @Tag("long")
    @Test
    void an_abort_takes_back_what_was_made_whatever_has_become_of_the_copies() throws Exception {
        var file = file("aborted");
        fleet.command(0, "migration", "apply", file);
        fleet.run("alter table aborted.orders drop constraint orders_shipment; drop table aborted.shipments");
        fleet.command(0, "migration", "abort", "aborted");
        run("aborted", "insert into {s}.orders values (5000, 1, ' new ', 'dhl', '2026-02-01')");
        assertThat(fleet.ask("select string_agg(attname, ' ' order by attnum) from pg_attribute "
                        + "where attrelid = 'aborted.orders'::regclass and attnum > 0 and not attisdropped"))
                .isEqualTo("id customer_id ship_address ship_carrier shipped_on");
        assertThat(fleet.ask("select count(*) from pg_proc where proname like 'backfleet%aborted'"))
                .isEqualTo("0");
    }
}
