package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobStatus;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Before a job ends, somebody looks at what it has left out. */
@Tag("server")
class CompletenessCheckTest {
    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t cascade; delete from backfleet.job");
    }

    private static JobStatus.Findings ended(String set, long walked, long changed) throws SQLException {
        return ended(set, walked, changed, "select 1");
    }

    private static JobStatus.Findings ended(String set, long walked, long changed, String meanwhile)
            throws SQLException {
        db.run("create table if not exists t (id integer primary key, n integer, o integer)");
        db.run("insert into t select i, 0 from generate_series(1, 100) i on conflict do nothing");
        var job = db.submit("name: j\ntable: t\n" + set).id();
        new PostgresPlans(db.database).plan(job);
        // After planning: beyond the range.
        db.run("insert into t values (101, 0, 0)");
        db.run("update backfleet.shard set state = 'DONE', rows_walked = " + walked + ", rows_changed = " + changed);
        db.run(meanwhile);
        var jobs = new PostgresJobs(db.database, true);
        assertThat(jobs.finish(job)).as("before the look").isEmpty();
        new CompletenessCheck(new PostgresCompleteness(db.database, () -> Duration.ZERO), EachJob.failingFast("look"))
                .runOnce(() -> {});
        assertThat(jobs.finish(job)).containsExactly(JobState.SUCCEEDED);
        return new PostgresQueries(db.database).job(job).orElseThrow().findings();
    }

    @Test
    void a_job_that_has_changed_every_row_has_nothing_to_tell() throws SQLException {
        assertThat(ended("set: { n: n + 1 }\n", 100, 100)).isEqualTo(JobStatus.Findings.NONE);
    }

    @Test
    void rows_that_a_trigger_has_kept_as_they_are_are_counted() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer)");
        db.run("create function veto() returns trigger language plpgsql as 'begin return null; end'");
        db.run("create trigger \"No\" before update on t for each row execute function veto()");
        var findings = ended("set: { n: n + 1 }\n", 100, 93);
        assertThat(findings.unchanged()).isEqualTo(7);
        assertThat(findings.notes())
                .containsExactly(
                        "the trigger \"No\" on public.t fires BEFORE each row: rows for which it returns NULL are not changed;"
                                + " they are counted when the job ends",
                        "7 rows of the range were neither changed nor quarantined: a BEFORE trigger returned NULL (\"No\"), or"
                                + " the application has deleted them in the meantime");
        db.run("drop function veto cascade");
    }

    @Test
    void rows_that_were_deleted_in_the_meantime_are_noted_and_are_not_missing() throws SQLException {
        var findings = ended("set: { n: n + 1 }\n", 100, 99);
        assertThat(findings.unchanged()).isNull();
        assertThat(findings.leftOut()).isZero();
        assertThat(findings.notes()).singleElement().asString().startsWith("1 row of the range was neither changed");
    }

    @Test
    void rows_of_the_range_that_still_need_the_change_are_looked_for() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer)");
        db.run("insert into t select i, case when i > 95 then 0 else 1 end from generate_series(1, 100) i");
        assertThat(ended("set: { n: '1' }\nwhere: n = 0\n", 100, 95).matching()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set: { n: n + 1 }\nwhere: n >= 0\n",
                "set: { n: n + 1 }\nwhere: id > 5\n",
                "set: { n: 'o' }\nwhere: n is null\n",
                "set: { n: n + 1 }\nwhere: n = 1\n",
                "set: { n: n + 1 }\nwhere: n < 5\n"
            })
    void a_condition_that_holds_for_rows_that_were_changed_too_says_nothing(String set) throws SQLException {
        assertThat(ended(set, 100, 100).leftOut()).isZero();
    }

    @Test
    void a_row_in_quarantine_whose_change_fails_does_not_hide_those_that_were_left_out() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer default 1)");
        db.run("insert into t select i, case when i > 95 then 0 else 1 end,"
                + " case when i = 100 then 0 else 1 end from generate_series(1, 100) i");
        var findings = ended(
                "set: { n: 1 / o }\nwhere: n = 0\n",
                100,
                95,
                "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker)"
                        + " select id, 1, 't'::regclass, '{100}', '22012', 'division by zero', 1, 'w' from backfleet.job");
        assertThat(findings.matching()).isEqualTo(4);
        assertThat(findings.notes()).isEmpty();
    }

    @Test
    void a_row_whose_change_would_fail_still_needs_it() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer default 0)");
        var findings = ended("set: { n: 1 / o }\nwhere: n = 0\n", 100, 100);
        assertThat(findings.notes())
                .containsExactly(
                        "the first row would go into quarantine (22012: division by zero)",
                        "the change of a row that still matches where would be rejected: 22012: division by zero");
        assertThat(findings.leftOut()).isEqualTo(100);
    }

    @Test
    void a_look_that_fails_keeps_no_job_from_ending() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer default 0)");
        db.run("insert into t values (50, 0, -1)");
        var findings = ended("set: { n: '1' }\nwhere: n = 0 and 10 / (o + 1) > 0\n", 100, 100);
        assertThat(findings.notes())
                .containsExactly("the last look for rows that still match where failed: 22012: division by zero");
        assertThat(findings.leftOut()).isZero();
    }

    @Test
    void far_fewer_rows_than_the_table_has_are_noted() throws SQLException {
        db.run("create table t (id integer primary key, n integer, o integer)");
        db.run("insert into t select i, 0 from generate_series(200, 5000) i; analyze t");
        assertThat(ended("set: { n: n + 1 }\n", 100, 100).notes())
                .isEqualTo(
                        List.of("scanned 100 rows, but the server estimates the table at about 4,801: check that no row"
                                + " security policy hides rows, and run ANALYZE"));
    }
}
