package dev.backfleet.coordinator.postgres.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that paused itself goes on by itself when that is over, and never against a person's word. */
@Tag("server")
class TroubleTest {
    private static TestDatabase db;
    private static PostgresSelfPausedJobs patients;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        patients = new PostgresSelfPausedJobs(db.database);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job; delete from backfleet.control");
    }

    /** Paused itself a while ago. */
    private static long paused(EnvironmentFailure trouble) throws SQLException {
        var job = db.job("PAUSED", 1);
        db.run("update backfleet.job set reason = 'paused itself', trouble = '" + trouble.code()
                + "', troubled_at = now(), probe_at = " + (trouble.isTemporary() ? "now()" : "null"));
        return job;
    }

    private static String state() throws SQLException {
        return db.ask("select concat_ws(' ', state, trouble, reason) from backfleet.job");
    }

    private static void wish(long job, DesiredState state) {
        new PostgresControl(db.database).apply(Scope.job(job), new ControlRecord(state, null, "ann"), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISK_FULL", "READ_ONLY"})
    void it_resumes_when_the_server_accepts_writes_again(EnvironmentFailure trouble) throws SQLException {
        paused(trouble);
        new Recovery(patients).runOnce();
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void it_does_not_resume_before_the_next_check_is_due() throws SQLException {
        paused(EnvironmentFailure.READ_ONLY);
        db.run("update backfleet.job set probe_at = now() + interval '1 minute'");
        new Recovery(patients).runOnce();
        assertThat(state()).startsWith("PAUSED 25006");
    }

    @Test
    void a_withdrawn_permission_needs_an_operators_resume() throws SQLException {
        var job = paused(EnvironmentFailure.NOT_PERMITTED);
        new Recovery(patients).runOnce();
        assertThat(state()).isEqualTo("PAUSED 42501 paused itself");
        wish(job, DesiredState.RUN);
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void an_operators_pause_holds_although_the_failure_is_over() throws SQLException {
        var job = paused(EnvironmentFailure.READ_ONLY);
        wish(job, DesiredState.PAUSE);
        assertThat(state()).isEqualTo("PAUSED paused by ann");
        new Recovery(patients).runOnce();
        assertThat(state()).isEqualTo("PAUSED paused by ann");
    }

    @Test
    void an_operators_pause_that_an_older_version_stored_holds_too() throws SQLException {
        var job = paused(EnvironmentFailure.READ_ONLY);
        db.run("insert into backfleet.control (scope, state) values ('job/" + job + "', 'PAUSE')");
        new Recovery(patients).runOnce();
        assertThat(state()).startsWith("PAUSED 25006");
    }

    @Test
    void a_job_that_was_cancelled_in_the_meantime_is_not_resumed() throws SQLException {
        var job = paused(EnvironmentFailure.READ_ONLY);
        wish(job, DesiredState.CANCEL);
        new Recovery(patients).runOnce();
        assertThat(state()).startsWith("CANCELLING");
    }

    @Test
    void while_the_disk_is_full_it_is_checked_less_and_less_often() throws SQLException {
        paused(EnvironmentFailure.DISK_FULL);
        // A limit on temporary files does not hold for temporary tables: a full disk has to be played.
        var full = new FullDisk(patients);
        for (var looks = 1; looks <= 9; looks++) {
            new Recovery(full).runOnce();
            db.run("update backfleet.job set troubled_at = probe_at - clock_timestamp() + now(), probe_at = now()");
        }
        assertThat(db.ask("select probes from backfleet.job")).isEqualTo("9");
        assertThat(db.ask("select extract(epoch from troubled_at - now()) between 595 and 600 from backfleet.job"))
                .isEqualTo("t");
        assertThat(state()).startsWith("PAUSED 53100");
    }

    /** The jobs as they are, on a disk that stays full. */
    private record FullDisk(Recovery.SelfPausedJobs jobs) implements Recovery.SelfPausedJobs {
        @Override
        public List<Recovery.SelfPausedJob> due() {
            return jobs.due();
        }

        @Override
        public boolean isOver(Recovery.SelfPausedJob job) {
            return false;
        }

        @Override
        public boolean resumeIfSelfPaused(Recovery.SelfPausedJob job) {
            return jobs.resumeIfSelfPaused(job);
        }

        @Override
        public void postponeIfSelfPaused(Recovery.SelfPausedJob job) {
            jobs.postponeIfSelfPaused(job);
        }
    }
}
