package dev.backfleet.worker.postgres.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.LruCache;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker's slots learn of a job that was stopped, and of one that they cannot read. */
@Tag("server")
class StoppedJobTest {
    private TestFleet fleet;
    private JobDefinition definition;

    @BeforeEach
    void open() throws SQLException {
        fleet = TestFleet.open();
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update backfleet.job set state = 'HALTED', error = 'e'",
                "update backfleet.job set state = 'PAUSING'",
                "update backfleet.job set state = 'CANCELLING'",
                "insert into backfleet.control (scope, state) values ('fleet', 'PAUSE')"
            })
    void the_batch_after_a_stop_tells_the_slot_that_it_is_not_wanted(String stop) throws SQLException {
        var claim = fleet.claim(definition, "{1000}");
        var first =
                fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 100)).orElseThrow();
        assertThat(first.limits().wanted()).isTrue();
        fleet.run(stop);
        var second =
                fleet.ranges.batch(claim, new Step.Batch(first.cursor(), 100)).orElseThrow();
        assertThat(second.limits().wanted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "definition - 'key' ; HALTED",
                "definition || '{\"triggers\": \"DANCE\"}' ; HALTED",
                "definition || '{\"v\": 99}' ; RUNNING",
                "definition || '{\"kind\": \"copy\"}' ; RUNNING",
                "definition || '{\"batchDuration\": 1e99}' ; HALTED"
            })
    void a_job_that_cannot_be_read_costs_its_claim_and_no_worker(String stored, String after) throws SQLException {
        var job = fleet.job(definition);
        var task = fleet.shard(job, definition.table(), null, "{1000}");
        fleet.run("update backfleet.job set definition = " + stored);
        assertThat(fleet.leases.claim(task)).isEmpty();
        assertThat(fleet.ask("select state, not_before > now(), worker is null from backfleet.shard"))
                .isEqualTo("PENDING t t");
        assertThat(fleet.ask("select state, error is not null from backfleet.job"))
                .isEqualTo(after + (after.equals("HALTED") ? " t" : " f"));
        assertThat(fleet.claim(definition, "{1000}").definition()).isEqualTo(definition);
    }

    @Test
    void a_job_that_a_later_release_has_stored_says_which_worker_cannot_work_on_it() throws SQLException {
        var job = fleet.job(definition);
        var task = fleet.shard(job, definition.table(), null, "{1000}");
        fleet.run("update backfleet.job set definition = definition || '{\"v\": 99}'");
        assertThat(fleet.leases.claim(task)).isEmpty();
        assertThat(fleet.ask("select topic || ': ' || note from backfleet.job_note"))
                .matches("worker (\\S+): worker \\1 cannot work on the job: the stored job definition has version 99, "
                        + "and this release of Backfleet reads up to \\d+: upgrade .*");
    }

    @Test
    void a_claim_of_the_release_before_is_not_given_a_job_that_it_could_not_read() throws SQLException {
        var job = fleet.job(definition);
        fleet.shard(job, definition.table(), null, "{1000}");
        assertThat(fleet.ask("select backfleet.slots_of(j) = 0, backfleet.slots_now(j) > 0 from backfleet.job j"))
                .isEqualTo("t t");
        fleet.run("update backfleet.job set definition = definition - 'v'");
        assertThat(fleet.ask("select backfleet.slots_of(j) > 0 from backfleet.job j"))
                .isEqualTo("t");
    }

    @Test
    void what_is_known_of_jobs_is_bounded_however_many_there_are() {
        var known = new LruCache<Long, String>(3);
        for (var job = 1L; job <= 100; job++) {
            known.get(job, id -> "made");
            assertThat(known.get(1L, id -> "made again")).isEqualTo("made");
        }
        assertThat(known.get(97L, id -> "made again")).isEqualTo("made again");
        known.put(2L, "anew");
        assertThat(known.get(2L, id -> "made")).isEqualTo("anew");
    }

    @Test
    void a_task_of_before_is_not_declined_twice() throws SQLException {
        var job = fleet.job(definition);
        var task = fleet.shard(job, definition.table(), null, "{1000}");
        fleet.run("update backfleet.job set definition = '{}'");
        assertThat(fleet.leases.claim(task)).isEmpty();
        assertThat(fleet.leases.claim(new Task(task.shard(), task.dispatch()))).isEmpty();
        assertThat(fleet.ask("select epoch from backfleet.shard")).isEqualTo("1");
    }
}
