package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is written in the new shape after the cutover is neither wrong nor replaced, with {@code down} and without. */
@Tag("staged")
class NewShapeWritesTest {
    private static final String ONE_WAY = """
            migration: one-way
            table: public.guests
            from: [full_name]
            to:
              first: { type: text, up: "split_part(full_name, ' ', 1)" }
            cutover: { steps: [100], soak: 1s }
            """;

    private static final String TWO_WAY = """
            migration: two-way
            table: public."Guest's list"
            tenant: hotel
            from: ['"full ""name"']
            to:
              '"first name"': { type: text, up: "split_part(\\"full \\"\\"name\\", ' ', 1)" }
              last: { type: text, up: "substr(\\"full \\"\\"name\\", strpos(\\"full \\"\\"name\\", ' ') + 1)" }
            down: { '"full ""name"': "concat_ws(' ', \\"first name\\", last)" }
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

    @Tag("long")
    @Test
    void rows_written_in_the_new_shape_are_no_drift_and_are_not_repaired() throws Exception {
        fleet.run("create table guests (id integer primary key, full_name text) partition by range (id)");
        fleet.run("create table guests_1 partition of guests for values from (0) to (1000)");
        fleet.run("insert into guests select i, 'Ann Lee' from generate_series(1, 200) i");
        // Of another place, with rows that no job has seen.
        fleet.run("create table guests_2 (id integer not null, full_name text, first text)");
        fleet.run("insert into guests_2 values (1001, 'Bob Ray', null), (1002, null, null), (1003, 'Cid Poe', 'Zed')");
        var file = Files.writeString(folder.resolve("one-way.yaml"), ONE_WAY).toString();
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

    @Tag("long")
    @Test
    void rows_that_the_old_shape_cannot_hold_are_in_sync_and_only_lost_by_an_abort_that_accepts_it() throws Exception {
        var table = "\"Guest's list\"";
        fleet.run("create table " + table + " (id integer primary key, hotel text not null, \"full \"\"name\" text)");
        fleet.run("insert into " + table + " select i, 'h' || i % 3, 'Ann Lee' from generate_series(1, 200) i");
        var file = Files.writeString(folder.resolve("two-way.yaml"), TWO_WAY).toString();
        fleet.command(0, "migration", "apply", file);
        fleet.command(0, "migration", "cutover", "two-way");
        fleet.run("update " + table + " set \"first name\" = 'Mary Ann' where id in (3, 6, 7)");

        var report = fleet.json(0, "reconcile", "two-way", "--rate", "none");
        assertThat(report.at("/answer/verdict").asText()).isEqualTo("SAFE");
        assertThat(report.at("/answer/rows/newOnly").asInt()).isEqualTo(3);
        assertThat(fleet.json(0, "gate", "two-way", "--tenant", "h0")
                        .at("/rows/newOnly")
                        .asInt())
                .isEqualTo(2);
        assertThat(fleet.command(0, "migration", "status", "two-way"))
                .contains("note: 3 rows hold in the new shape what the old one cannot say");
        fleet.command(6, "reconcile", "two-way", "--repair");

        fleet.command(0, "migration", "rollback", "two-way", "--reason", "a test");
        // Refused: the reconcile has counted three such rows.
        fleet.command(10, "migration", "abort", "two-way", "--yes");
        assertThat(fleet.ask("select string_agg(\"full \"\"name\" || '|' || \"first name\", ', ' order by id) from "
                        + table + " where id in (6, 8)"))
                .isEqualTo("Mary Ann Lee|Mary Ann, Ann Lee|Ann");
        fleet.command(0, "migration", "abort", "two-way", "--yes", "--discard-new-only");
        assertThat(fleet.ask("select count(*) from " + table + " where \"full \"\"name\" = 'Mary Ann Lee'"))
                .as("what the old shape can say is kept")
                .isEqualTo("3");
    }

    private static int wrong(String kind) throws Exception {
        return fleet.json(10, "reconcile", "one-way", "--rate", "none")
                .at("/answer/rows/" + kind)
                .asInt();
    }
}
