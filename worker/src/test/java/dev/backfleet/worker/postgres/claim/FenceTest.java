package dev.backfleet.worker.postgres.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.Samples;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may write: only the newest epoch, from the stored cursor, while the shard is RUNNING. */
@Tag("server")
class FenceTest {
    private static final Step.Batch FROM_START = new Step.Batch(Cursor.START, 10);

    private static TestFleet fleet;

    private Task task;
    private Claim claim;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @BeforeEach
    void a_claimed_shard() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 100) i");
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        task = fleet.shard(fleet.job(definition), definition.table(), null, "{100}");
        claim = fleet.leases.claim(task).orElseThrow();
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run("drop table t; delete from backfleet.job; delete from backfleet.control");
    }

    private void shard(String assignments) throws SQLException {
        fleet.run("update backfleet.shard set " + assignments);
    }

    private static void assertUntouched() throws SQLException {
        assertThat(fleet.ask("select count(*) filter (where n <> 0) from t"))
                .as("rows changed")
                .isEqualTo("0");
        assertThat(fleet.ask("select cursor is null, rows_walked, rows_changed, batches from backfleet.shard"))
                .as("checkpoint")
                .isEqualTo("t 0 0 0");
    }

    private void assertLost() throws SQLException {
        assertThat(fleet.ranges.batch(claim, FROM_START)).isEmpty();
        assertUntouched();
        assertThat(fleet.leases.readBack(claim)).isEqualTo(new ClaimStatus.Lost());
        assertThat(fleet.leases.renew(claim)).isFalse();
        var before = fleet.ask("select s from backfleet.shard s");
        fleet.leases.giveBack(claim, Duration.ofSeconds(1));
        fleet.leases.fail(claim, Failures.of("23514", "no"));
        fleet.leases.pauseJob(claim, Failures.of("53100", "no"));
        fleet.leases.haltJob(claim, Failures.of("42703", "no"));
        assertThat(fleet.ask("select s from backfleet.shard s")).isEqualTo(before);
        assertThat(fleet.ask("select state from backfleet.job")).isEqualTo("RUNNING");
    }

    @Test
    void the_newest_epoch_writes_from_the_stored_cursor() throws SQLException {
        var result = fleet.ranges.batch(claim, FROM_START).orElseThrow();
        assertThat(result.cursor()).isEqualTo(new Cursor(List.of("10")));
        assertThat(fleet.ask("select sum(n), max(id) filter (where n = 1) from t"))
                .isEqualTo("10 10");
    }

    @Test
    void a_batch_with_an_older_epoch_changes_nothing() throws SQLException {
        shard("epoch = epoch + 1");
        assertLost();
    }

    @Test
    void a_batch_with_another_workers_epoch_changes_nothing() throws SQLException {
        shard("state = 'PENDING', worker = null, lease_until = null");
        shard("state = 'DISPATCHED', dispatch = 2");
        var other = new PostgresShardLeases(fleet.database, "other", TestFleet.LEASE);
        var newer = other.claim(new Task(task.shard(), 2)).orElseThrow();
        assertThat(newer.epoch()).isEqualTo(claim.epoch() + 1);
        assertLost();
        assertThat(fleet.ranges.batch(newer, FROM_START)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PENDING", "DISPATCHED", "DONE"})
    void a_batch_of_a_shard_that_is_no_longer_running_changes_nothing(String state) throws SQLException {
        shard("worker = null, lease_until = null, state = '" + state + "'");
        assertLost();
    }

    @Test
    void a_batch_from_another_cursor_than_the_stored_one_changes_nothing() throws SQLException {
        assertThat(fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("10")), 10)))
                .isEmpty();
        assertUntouched();
        fleet.ranges.batch(claim, FROM_START);
        assertThat(fleet.ranges.batch(claim, FROM_START))
                .as("the same batch again")
                .isEmpty();
        assertThat(fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("9")), 10)))
                .isEmpty();
        assertThat(fleet.ask("select sum(n), max(n) from t")).isEqualTo("10 1");
        assertThat(fleet.leases.readBack(claim)).isEqualTo(new ClaimStatus.Held(new Cursor(List.of("10"))));
    }

    @Test
    void a_batch_of_another_shard_or_job_changes_nothing() throws SQLException {
        var shard = claim.shard();
        for (var other :
                List.of(new ShardId(shard.job() + 1, shard.number()), new ShardId(shard.job(), shard.number() + 1))) {
            var forged = new Claim(
                    other,
                    claim.epoch(),
                    claim.cursor(),
                    false,
                    claim.relation(),
                    claim.definition(),
                    claim.limits(),
                    claim.rowTimeout(),
                    claim.origin());
            assertThat(fleet.ranges.batch(forged, FROM_START)).isEmpty();
        }
        assertUntouched();
    }

    @Test
    void a_claim_wins_only_with_the_newest_dispatch() throws SQLException {
        shard("state = 'DISPATCHED', worker = null, lease_until = null, dispatch = 5");
        assertThat(fleet.leases.claim(new Task(task.shard(), 4))).isEmpty();
        assertThat(fleet.leases.claim(new Task(task.shard(), 6))).isEmpty();
        assertThat(fleet.leases.claim(new Task(task.shard(), 5))).isPresent();
        assertThat(fleet.leases.claim(new Task(task.shard(), 5)))
                .as("delivered again")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PENDING", "DONE"})
    void a_claim_wins_only_a_dispatched_shard(String state) throws SQLException {
        shard("worker = null, lease_until = null, state = '" + state + "'");
        assertThat(fleet.leases.claim(task)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLANNING", "PAUSING", "PAUSED", "CANCELLING", "HALTED"})
    void a_claim_wins_only_shards_of_running_jobs(String state) throws SQLException {
        shard("state = 'DISPATCHED', worker = null, lease_until = null");
        fleet.run("update backfleet.job set state = '" + state + "'");
        assertThat(fleet.leases.claim(task)).isEmpty();
    }

    @Test
    void a_claim_wins_only_while_the_fleet_may_run() throws SQLException {
        shard("state = 'DISPATCHED', worker = null, lease_until = null");
        fleet.run("insert into backfleet.control (scope, state) values ('fleet', 'PAUSE')");
        assertThat(fleet.leases.claim(task)).isEmpty();
        fleet.run("update backfleet.control set state = 'RUN'");
        assertThat(fleet.leases.claim(task)).isPresent();
    }

    @Test
    void a_claim_wins_only_a_slot_that_the_job_may_use() throws SQLException {
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var next = fleet.shard(task.shard().job(), definition.table(), "{100}", "{200}");
        fleet.run("update backfleet.job set concurrency = 1");
        assertThat(fleet.leases.claim(next)).as("one shard is RUNNING already").isEmpty();
        fleet.leases.giveBack(claim, Duration.ZERO);
        assertThat(fleet.leases.claim(next)).isPresent();
    }

    @Test
    void a_claim_takes_the_lease_and_goes_on_from_the_checkpoint() throws SQLException {
        fleet.ranges.batch(claim, FROM_START);
        fleet.leases.giveBack(claim, Duration.ZERO);
        assertThat(fleet.ask("select state, worker, lease_until, not_before from backfleet.shard"))
                .isEqualTo("PENDING null null null");
        shard("state = 'DISPATCHED', dispatch = 2");
        var next = fleet.leases.claim(new Task(task.shard(), 2)).orElseThrow();
        assertThat(next.cursor()).isEqualTo(new Cursor(List.of("10")));
        assertThat(fleet.ask("select state, worker, epoch, lease_until > now() + interval '50 s' from backfleet.shard"))
                .isEqualTo("RUNNING w 2 t");
        fleet.leases.giveBack(next, Duration.ofSeconds(60));
        assertThat(fleet.ask("select not_before > now() + interval '50 s' from backfleet.shard"))
                .isEqualTo("t");
    }

    @Test
    void a_claim_carries_what_holds_for_its_slot() throws SQLException {
        assertThat(claim.limits()).isEqualTo(Samples.UNLIMITED);
        shard("state = 'DISPATCHED', worker = null, lease_until = null");
        fleet.run("update backfleet.job set rate_limit = 1000, batch_seconds = 0.05");
        assertThat(fleet.leases.claim(task).orElseThrow().limits())
                .isEqualTo(new SlotLimits(OptionalDouble.of(1000), 1, Duration.ofMillis(50), true));
    }

    @Test
    void failing_keeps_the_error_and_pausing_and_halting_stop_the_job() throws SQLException {
        fleet.leases.pauseJob(claim, Failures.of("53100", "no space"));
        assertThat(
                        fleet.ask(
                                "select j.state, reason, s.state, trouble, probes, probe_at > now() from backfleet.job j, backfleet.shard s"))
                .isEqualTo("PAUSING paused itself: the disk is full (53100: no space) PENDING 53100 0 t");

        shard("state = 'RUNNING', worker = 'w', lease_until = now()");
        fleet.run("update backfleet.job set state = 'RUNNING'");
        fleet.leases.haltJob(claim, Failures.of("42703", "no column"));
        assertThat(fleet.ask("select j.state, j.error, s.state from backfleet.job j, backfleet.shard s"))
                .isEqualTo("HALTED 42703: no column PENDING");

        shard("state = 'RUNNING', worker = 'w', lease_until = now()");
        fleet.leases.fail(claim, Failures.of("23514", "bad row"));
        assertThat(fleet.ask("select state, error_code, error, worker from backfleet.shard"))
                .isEqualTo("FAILED 23514 bad row null");
    }
}
