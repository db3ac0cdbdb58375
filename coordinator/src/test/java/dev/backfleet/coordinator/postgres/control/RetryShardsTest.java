package dev.backfleet.coordinator.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.RetryShards.Retried;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FAILED shards are put back when a person says so. */
@Tag("server")
class RetryShardsTest {
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
        db.run("delete from backfleet.job; truncate backfleet.audit; delete from backfleet.control");
    }

    private static long jobWithFailedShards(String state) throws SQLException {
        var job = db.job(state, 3);
        db.run("update backfleet.shard set state = 'FAILED', error = 'e', error_code = 'XX000', cursor = '{1}' "
                + "where number > 1");
        db.run("update backfleet.shard set state = 'DONE' where number = 1");
        db.run("update backfleet.job set name = 'j', error = 'shard 2: XX000: e'");
        return job;
    }

    private static Optional<Retried> retry(long job) {
        return new PostgresRetries(db.database).retry(job, Actor.commandLine("me"));
    }

    @Test
    void a_failed_job_is_running_again_with_its_failed_shards_at_their_checkpoints() throws SQLException {
        var job = jobWithFailedShards("FAILED");
        db.run("update backfleet.job set wave_done_at = now()");
        assertThat(retry(job)).hasValue(new Retried(JobState.RUNNING, 2, 0));
        assertThat(db.shards(job)).containsExactly("DONE", "PENDING", "PENDING");
        assertThat(db.column("select concat_ws(' ', state, error, finished_at, wave_done_at) from backfleet.job"))
                .containsExactly("RUNNING");
        assertThat(db.ask("select concat_ws(' ', cursor, error, error_code) from backfleet.shard where number = 2"))
                .isEqualTo("{1}");
        assertThat(db.column("select concat_ws(' ', who, job_name, action, new_value) from backfleet.audit"))
                .containsExactly("me j retry 2 shards");
        db.run("update backfleet.shard set state = 'DONE'");
        assertThat(new PostgresJobs(db.database, false).finish(job)).containsExactly(JobState.SUCCEEDED);
    }

    @Test
    void a_failed_job_whose_name_another_one_has_taken_stays_failed() throws SQLException {
        var job = jobWithFailedShards("FAILED");
        db.run("insert into backfleet.job (name, state, spec, definition, concurrency) "
                + "values ('j', 'PAUSED', '', '{}', 1)");
        assertThat(retry(job)).isEmpty();
        assertThat(db.shards(job)).containsExactly("DONE", "FAILED", "FAILED");
        assertThat(db.column("select action from backfleet.audit")).isEmpty();
        db.run("update backfleet.job set state = 'CANCELLED', finished_at = now() where state = 'PAUSED'");
        assertThat(retry(job)).hasValue(new Retried(JobState.RUNNING, 2, 0));
    }

    @ParameterizedTest
    @CsvSource({"RUNNING", "PAUSING", "PAUSED", "HALTED"})
    void a_job_that_is_not_over_keeps_its_state(JobState state) throws SQLException {
        var job = jobWithFailedShards(state.name());
        assertThat(retry(job)).hasValue(new Retried(state, 2, 0));
        assertThat(db.shards(job)).containsExactly("DONE", "PENDING", "PENDING");
        assertThat(retry(job)).as("once more").hasValue(new Retried(state, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLANNING", "CANCELLING", "CANCELLED", "SUCCEEDED"})
    void a_job_in_another_state_has_nothing_to_retry(String state) throws SQLException {
        var job = jobWithFailedShards(state);
        assertThat(retry(job))
                .hasValueSatisfying(retried -> assertThat(retried.shards()).isZero());
        assertThat(db.shards(job)).containsExactly("DONE", "FAILED", "FAILED");
    }
}
