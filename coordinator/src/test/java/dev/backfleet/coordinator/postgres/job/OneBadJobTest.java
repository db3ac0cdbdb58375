package dev.backfleet.coordinator.postgres.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What fails for one job is that job's own problem. */
@Tag("server")
class OneBadJobTest {
    private static TestDatabase db;

    private Duration now = Duration.ZERO;
    private Planner planner;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void start() {
        planner = new Planner(
                new PostgresPlans(db.database),
                new EachJob(Planner.WHAT, new PostgresProblems(db.database), () -> now));
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists a, b; delete from backfleet.job");
    }

    private static void submitTwo() throws SQLException {
        for (var table : List.of("a", "b")) {
            db.run("create table " + table + " (id integer primary key, n integer); insert into " + table
                    + " values (1, 0)");
            db.submit("name: " + table + "\ntable: " + table + "\nset: { n: n + 1 }\n");
        }
    }

    private static List<String> states() throws SQLException {
        return db.column("select name || ' ' || state from backfleet.job order by name");
    }

    private static List<String> notes() throws SQLException {
        return db.column("select note from backfleet.job_note");
    }

    @Test
    void a_job_that_cannot_be_planned_says_why_and_keeps_no_other_from_being_planned() throws SQLException {
        submitTwo();
        try (var holder = db.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("lock table a");
            planner.runOnce(() -> {});
            assertThat(states()).containsExactly("a PLANNING", "b RUNNING");
            assertThat(notes())
                    .containsExactly(
                            "planning fails, and is tried again: 55P03: canceling statement due to lock timeout");
        }
        now = Duration.ofSeconds(2);
        planner.runOnce(() -> {});
        assertThat(states()).containsExactly("a RUNNING", "b RUNNING");
        assertThat(notes()).isEmpty();
    }

    @Test
    void a_table_with_rows_that_its_keys_index_does_not_show_halts_the_job_and_one_without_rows_does_not()
            throws SQLException {
        submitTwo();
        db.run("delete from b");
        // An index that has lost its entries: that of an empty table takes its place.
        db.run("create table empty (like a including all)");
        db.run("update pg_class set relfilenode = pg_relation_filenode('empty_pkey') where relname = 'a_pkey'");
        planner.runOnce(() -> {});
        assertThat(states()).containsExactly("a HALTED", "b RUNNING");
        assertThat(db.column("select error from backfleet.job where name = 'a'").get(0))
                .contains("the table \"public\".\"a\" has rows, but the index of its key shows none", "REINDEX");
        db.run("drop table empty; reindex table a; update backfleet.job set state = 'PLANNING' where name = 'a'");
        planner.runOnce(() -> {});
        assertThat(states()).containsExactly("a RUNNING", "b RUNNING");
        assertThat(db.column("select count(*)::text from backfleet.shard")).containsExactly("1");
    }

    @Test
    void a_job_whose_definition_cannot_be_read_keeps_no_other_waiting() throws SQLException {
        submitTwo();
        db.run(
                "update backfleet.job set definition = jsonb_set(definition, '{triggers}', '\"SOMETIMES\"') where name = 'a'");
        planner.runOnce(() -> {});
        assertThat(states()).containsExactly("a HALTED", "b RUNNING");
        assertThat(db.ask("select error from backfleet.job where name = 'a'"))
                .contains("definition cannot be read (field triggers)");

        db.run("update backfleet.job set state = 'RUNNING'");
        assertThat(new PostgresThrottle(db.database).jobs())
                .extracting(ThrottledJob::definition)
                .extracting(definition -> definition.table().name())
                .containsExactly("b");
        var pins = new PostgresPins(db.database);
        assertThat(states()).containsExactly("a HALTED", "b RUNNING");
        assertThat(pins.running()).hasSize(1).allMatch(job -> pins.changed(job).isEmpty());
    }

    @Test
    void a_job_with_a_kind_of_work_of_a_later_release_is_left_to_that_release_and_keeps_no_other_waiting()
            throws SQLException {
        submitTwo();
        db.run(
                "update backfleet.job set definition = definition - 'triggers' || '{\"kind\": \"copy\"}' where name = 'a'");
        planner.runOnce(() -> {});
        assertThat(states()).containsExactly("a PLANNING", "b RUNNING");
        assertThat(new PostgresQueries(db.database).jobs(false))
                .filteredOn(job -> job.name().equals("a"))
                .singleElement()
                .satisfies(job -> assertThat(job.findings().notes())
                        .singleElement(InstanceOfAssertFactories.STRING)
                        .startsWith(
                                "this release cannot work on the job: the job's work is of a kind that this release"));

        db.run("update backfleet.job set state = 'RUNNING'");
        assertThat(new PostgresThrottle(db.database).jobs()).hasSize(1);
        var pins = new PostgresPins(db.database);
        assertThat(pins.running()).allMatch(job -> pins.changed(job).isEmpty());
        assertThat(states()).containsExactly("a RUNNING", "b RUNNING");
    }
}
