package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job of a migration is pinned to the sync: whatever is done to it is a difference, which halts the job. */
@Tag("server")
class SyncStandingTest {
    private static final String SYNC = "zz_backfleet_sync_split-it";

    private static TestDatabase db;
    private static long job;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        var bench = new MigrationBench(db);
        db.run(
                "create schema s; create table s.t (id integer not null, a text, primary key (id)) partition by range (id);"
                        + " create table s.t1 partition of s.t for values from (0) to (100);"
                        + " create table s.t2 partition of s.t for values from (100) to (200);"
                        + " insert into s.t select i, i from generate_series(1, 150) i;"
                        + " create function s.nothing() returns trigger language plpgsql as 'begin return new; end'");
        bench.applyAll(migration());
        job = submit(How.USUAL.ofMigration("split-it"), "j");
    }

    private static Migration migration() {
        return new MigrationBench.Draft("split-it", "s.t")
                .from("a")
                .to("b", "text", "upper(a)")
                .migration();
    }

    private static long submit(How how, String name) {
        return db.submit("name: " + name + "\ntable: s.t\nset: { b: upper(a) }\nwhere: b is null\n", how)
                .id();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    private static String differences() throws SQLException {
        return String.join("; ", db.column("select d from backfleet.differences(" + job + ") d order by d"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table s.t disable trigger \"{s}_i\" | alter table s.t enable trigger \"{s}_i\" | the trigger \"{s}_i\" of the sync is disabled on s.t",
                "alter table s.t2 disable trigger \"{s}_u\" | alter table s.t2 enable trigger \"{s}_u\" | the trigger \"{s}_u\" of the sync is disabled on s.t2",
                "alter table s.t enable replica trigger \"{s}_u\" | alter table s.t enable always trigger \"{s}_u\" | the trigger \"{s}_u\" of the sync is disabled on s.t",
                "create trigger zzz before update on s.t1 for each row execute function s.nothing() | drop trigger zzz on s.t1 | the trigger zzz on s.t1 fires after the sync, and may change what this has computed",
                "create trigger zzz before insert on s.t for each row execute function s.nothing() | drop trigger zzz on s.t | the trigger zzz on s.t fires after the sync, and may change what this has computed",
                "alter trigger \"{s}_u\" on s.t rename to x | alter trigger x on s.t rename to \"{s}_u\" | the trigger \"{s}_u\" of the sync is missing on s.t"
            })
    void whatever_is_done_to_its_triggers_is_a_difference(String change, String repair, String difference)
            throws SQLException {
        if (change.contains("rename") && version() < 15) {
            return;
        }
        var print = db.ask("select backfleet.catalog_print(" + job + ")");
        assertThat(differences()).isEmpty();
        db.run(change.replace("{s}", SYNC));
        assertThat(differences()).isEqualTo(difference.replace("{s}", SYNC));
        assertThat(db.ask("select backfleet.catalog_print(" + job + ")")).isNotEqualTo(print);
        db.run(repair.replace("{s}", SYNC));
        assertThat(differences()).isEmpty();
    }

    // Before 15, the triggers of the partitions keep their names.
    private static int version() throws SQLException {
        return Integer.parseInt(db.ask("select current_setting('server_version_num')::integer / 10000"));
    }

    @Test
    void another_text_of_its_function_is_a_difference() throws SQLException {
        var text = db.ask("select pg_get_functiondef('s.\"backfleet_sync_split-it\"'::regproc)");
        var print = db.ask("select backfleet.catalog_print(" + job + ")");
        db.run(text.replace("upper(a)", "lower(a)"));
        assertThat(differences()).isEqualTo("the function s.\"backfleet_sync_split-it\"() of the sync was changed");
        assertThat(db.ask("select backfleet.catalog_print(" + job + ")")).isNotEqualTo(print);
        db.run(text);
        assertThat(differences()).isEmpty();
    }

    @Test
    void triggers_that_fire_before_it_are_no_difference() throws SQLException {
        db.run("create trigger aaa before update on s.t for each row execute function s.nothing()");
        assertThat(differences()).isEmpty();
        db.run("drop trigger aaa on s.t");
    }

    @Test
    void a_job_of_no_migration_is_pinned_to_no_sync_and_says_that_it_fires() throws SQLException {
        var spec = "name: k\ntable: s.t\nset: { b: upper(a) }\nwhere: b is null\n";
        var other = db.force(spec);
        assertThat(other.findings()).extracting(Finding::code).contains(FindingCode.TRIGGERS_FIRE);
        db.run("alter table s.t disable trigger \"" + SYNC + "_i\"");
        assertThat(db.column("select backfleet.differences(" + other.id() + ")"))
                .isEmpty();
        db.run("alter table s.t enable trigger \"" + SYNC + "_i\"; delete from backfleet.job where id = " + other.id());
        var own = db.submit(spec.replace("name: k", "name: own"), new How(false, false, true).ofMigration("split-it"));
        assertThat(own.findings())
                .extracting(Finding::code)
                .doesNotContain(FindingCode.TRIGGERS_FIRE, FindingCode.TRIGGER_MAY_KEEP_ROWS);
        db.run("delete from backfleet.job where id = " + own.id());
    }
}
