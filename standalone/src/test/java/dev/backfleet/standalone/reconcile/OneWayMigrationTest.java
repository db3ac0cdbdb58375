package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Of a migration without {@code down}, what is written in the new shape after the cutover is neither wrong nor replaced. */
@Tag("staged")
class OneWayMigrationTest {
    private static final String FILE = """
            migration: one-way
            table: public.guests
            from: [full_name]
            to:
              first: { type: text, up: "split_part(full_name, ' ', 1)" }
            cutover: { steps: [100], soak: 1s }
            """;

    @RegisterExtension
    static final SharedComparingFleet SHARED = new SharedComparingFleet();

    private static ComparingFleet fleet;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        fleet = SHARED.get();
    }

    @Test
    void rows_written_in_the_new_shape_are_no_drift_and_are_not_repaired() throws Exception {
        fleet.run("create table guests (id integer primary key, full_name text) partition by range (id)");
        fleet.run("create table guests_1 partition of guests for values from (0) to (1000)");
        fleet.run("insert into guests select i, 'Ann Lee' from generate_series(1, 200) i");
        // Of another place, with rows that no job has seen.
        fleet.run("create table guests_2 (id integer not null, full_name text, first text)");
        fleet.run("insert into guests_2 values (1001, 'Bob Ray', null), (1002, null, null), (1003, 'Cid Poe', 'Zed')");
        var file = Files.writeString(folder.resolve("one-way.yaml"), FILE).toString();
        fleet.command(0, "migration", "apply", file);
        fleet.run("update guests set first = 'Eve' where id = 3");
        assertThat(wrong("different"))
                .as("before the cutover, the old shape is the truth")
                .isEqualTo(1);
        fleet.command(0, "reconcile", "one-way", "--repair");
        assertThat(fleet.ask("select first from guests where id = 3")).isEqualTo("Ann");
        fleet.command(0, "reconcile", "one-way", "--rate", "none");

        fleet.command(0, "migration", "cutover", "one-way", "--one-way");
        fleet.run("update guests set first = 'Zoe' where id = 1");
        fleet.run("update guests set first = null where id = 2");
        fleet.run("insert into guests (id, first) values (500, 'Kim')");
        assertThat(fleet.command(0, "reconcile", "one-way", "--rate", "none")).contains("SAFE");

        fleet.run("alter table guests attach partition guests_2 for values from (1000) to (2000)");
        assertThat(wrong("missing")).as("a row that never had the new shape").isEqualTo(1);
        fleet.command(10, "reconcile", "one-way", "--repair");
        assertThat(fleet.ask("select count(*) from backfleet.job where name = 'one-way.repair'"))
                .as("repairs, with that of before")
                .isEqualTo("1");
        assertThat(fleet.ask("select string_agg(first, ' ' order by id) from guests where id in (1, 500, 1003)"))
                .isEqualTo("Zoe Kim Zed");
    }

    private static int wrong(String kind) throws Exception {
        return fleet.json(10, "reconcile", "one-way", "--rate", "none")
                .at("/answer/rows/" + kind)
                .asInt();
    }
}
