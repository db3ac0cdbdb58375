package dev.backfleet.coordinator.postgres.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.coordinator.postgres.PostgresLeadership;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.job.JobStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guards in the coordinator's statements about jobs, shards and the leader. */
@Tag("server")
class StoresTest {
    private static final long LEADER = 7;

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void a_leader() throws SQLException {
        db.run("update backfleet.leader set coordinator = 'me', epoch = 7, lease_until = now() + interval '1 hour'");
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job; delete from backfleet.worker");
    }

    private static List<Task> dispatch(long job, int count, long leader) {
        return new PostgresDispatchQueue(db.database).dispatchIfLeading(job, count, leader);
    }

    private static boolean move(long job, Set<JobState> from, JobState to) {
        return db.database.jdbi().withHandle(handle -> new JobStore(handle).setStateIfIn(job, from, to, null, null));
    }

    @Test
    void shards_are_dispatched_in_their_turn_with_a_number_that_grows() throws SQLException {
        var job = db.job("RUNNING", 3);
        assertThat(dispatch(job, 2, LEADER))
                .containsExactlyInAnyOrder(new Task(new ShardId(job, 3), 1), new Task(new ShardId(job, 2), 1));
        assertThat(db.shards(job)).containsExactly("PENDING", "DISPATCHED", "DISPATCHED");
        db.run("update backfleet.shard set state = 'PENDING'");
        assertThat(dispatch(job, 9, LEADER))
                .containsExactlyInAnyOrder(
                        new Task(new ShardId(job, 3), 2),
                        new Task(new ShardId(job, 2), 2),
                        new Task(new ShardId(job, 1), 1));
    }

    @Test
    void no_dispatch_succeeds_under_another_epoch_than_the_leaders_or_after_the_lease() throws SQLException {
        var job = db.job("RUNNING", 1);
        assertThat(dispatch(job, 1, LEADER - 1)).isEmpty();
        assertThat(dispatch(job, 1, LEADER + 1)).isEmpty();
        db.run("update backfleet.leader set lease_until = now() - interval '1 ms'");
        assertThat(dispatch(job, 1, LEADER)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
    void only_shards_of_running_jobs_are_dispatched(JobState state) throws SQLException {
        assertThat(dispatch(db.job(state.name(), 1), 1, LEADER)).isEmpty();
    }

    @Test
    void a_shard_that_was_put_back_rests_until_its_time() throws SQLException {
        var job = db.job("RUNNING", 2);
        db.run("update backfleet.shard set not_before = now() + interval '1 hour' where number = 2");
        assertThat(dispatch(job, 2, LEADER)).containsExactly(new Task(new ShardId(job, 1), 1));
        db.run("update backfleet.shard set not_before = now() - interval '1 ms' where number = 2");
        assertThat(dispatch(job, 2, LEADER)).containsExactly(new Task(new ShardId(job, 2), 1));
    }

    @Test
    void a_dispatch_is_undone_only_while_no_worker_has_claimed_it() throws SQLException {
        var job = db.job("RUNNING", 3);
        var tasks = dispatch(job, 3, LEADER);
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() where number = 1");
        db.run("update backfleet.shard set dispatch = 2 where number = 2");
        new PostgresDispatchQueue(db.database).undoIfDispatched(tasks);
        assertThat(db.shards(job)).containsExactly("RUNNING", "DISPATCHED", "PENDING");
    }

    @Test
    void only_expired_leases_and_old_tasks_are_reaped() throws SQLException {
        var job = db.job("RUNNING", 5);
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() + interval '1 hour' "
                + "where number <= 2");
        db.run("update backfleet.shard set lease_until = now() - interval '1 ms' where number = 1");
        db.run(
                "update backfleet.shard set state = 'DISPATCHED', dispatched_at = now() - interval '1 min' where number in (3, 4)");
        db.run("update backfleet.shard set dispatched_at = now() where number = 4");
        var leases = new PostgresLeases(db.database);
        assertThat(leases.reapExpired()).containsExactly(new ShardId(job, 1));
        assertThat(leases.reapUnclaimed(Duration.ofSeconds(30))).containsExactly(new ShardId(job, 3));
        assertThat(db.shards(job)).containsExactly("PENDING", "RUNNING", "PENDING", "DISPATCHED", "PENDING");
        assertThat(db.ask("select epoch from backfleet.shard where number = 1"))
                .as("the epoch grows with the next claim")
                .isEqualTo("0");
    }

    @Test
    void slots_are_counted_of_workers_that_live_and_take() throws SQLException {
        var leases = new PostgresLeases(db.database);
        assertThat(leases.slotsAreFree()).isFalse();
        db.run(
                "insert into backfleet.worker (id, host, pid, slots, taking, seen_at) values ('a', 'h', 1, 2, true, now()), "
                        + "('b', 'h', 1, 4, false, now()), ('c', 'h', 1, 8, true, now() - interval '6 s')");
        var job = db.job("RUNNING", 2);
        assertThat(new PostgresDispatchQueue(db.database).load().slots()).isEqualTo(2);
        assertThat(leases.slotsAreFree()).isTrue();
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'a', lease_until = now()");
        assertThat(leases.slotsAreFree()).isFalse();
        assertThat(db.shards(job)).hasSize(2);
    }

    @Test
    void taking_back_takes_what_is_under_way_and_leaves_what_has_ended() throws SQLException {
        var job = db.job("RUNNING", 5);
        var other = db.job("RUNNING", 1);
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() where number = 1");
        db.run("update backfleet.shard set state = 'DISPATCHED' where number = 2");
        db.run("update backfleet.shard set state = 'DONE' where number = 3");
        db.run("update backfleet.shard set state = 'FAILED', error = 'e' where number = 4");
        var taken = db.database.jdbi().withHandle(handle -> new ShardStore(handle).revoke(Optional.of(job)));
        assertThat(taken).isEqualTo(2);
        assertThat(db.shards(job)).containsExactly("PENDING", "PENDING", "DONE", "FAILED", "PENDING");
        assertThat(db.shards(other)).containsExactly("RUNNING");
    }

    @Test
    void a_job_moves_only_from_the_states_that_are_named() throws SQLException {
        var job = db.job("PAUSED", 0);
        assertThat(move(job, Set.of(JobState.RUNNING), JobState.PAUSING)).isFalse();
        assertThat(move(job, Set.of(JobState.PAUSED, JobState.PAUSING), JobState.RUNNING))
                .isTrue();
        assertThat(move(job, Set.of(JobState.PAUSED, JobState.PAUSING), JobState.RUNNING))
                .isFalse();
        assertThat(db.ask("select state from backfleet.job where started_at is not null"))
                .isEqualTo("RUNNING");
        assertThat(move(job, Set.of(JobState.RUNNING), JobState.SUCCEEDED)).isTrue();
        assertThat(db.ask("select state from backfleet.job where finished_at is not null"))
                .isEqualTo("SUCCEEDED");
    }

    @Test
    void a_move_against_the_law_is_a_bug() throws SQLException {
        var job = db.job("PAUSED", 0);
        assertThatThrownBy(() -> move(job, Set.of(JobState.PAUSED), JobState.SUCCEEDED))
                .hasMessage("PAUSED may not become SUCCEEDED");
    }

    @Test
    void a_job_is_finished_when_no_shard_is_open() throws SQLException {
        var jobs = new PostgresJobs(db.database, false);
        var job = db.job("RUNNING", 3);
        db.run("update backfleet.shard set state = 'DONE' where number < 3");
        assertThat(jobs.finish(job)).isEmpty();
        db.run("update backfleet.shard set state = 'FAILED', error = 'bad', error_code = '23514' where number = 3");
        assertThat(jobs.finish(job)).containsExactly(JobState.FAILED);
        assertThat(db.ask("select error from backfleet.job")).isEqualTo("shard 3: 23514: bad");
        assertThat(jobs.finish(db.job("RUNNING", 0))).containsExactly(JobState.SUCCEEDED);
        assertThat(jobs.finish(db.job("PAUSED", 0))).as("nobody resumed it").isEmpty();
    }

    @Test
    void one_coordinator_leads_another_takes_over_when_the_lease_ends_and_the_epoch_grows() throws SQLException {
        db.run("update backfleet.leader set coordinator = null, lease_until = '-infinity'");
        var length = Duration.ofMinutes(5);
        var a = new Leadership(new PostgresLeadership(db.database, "a"), length, () -> {}, () -> Duration.ZERO);
        var b = new Leadership(new PostgresLeadership(db.database, "b"), length, () -> {}, () -> Duration.ZERO);
        a.runOnce();
        b.runOnce();
        a.runOnce();
        assertThat(a.epoch()).as("renewing keeps the epoch").hasValue(LEADER + 1);
        assertThat(b.epoch()).isEmpty();

        db.run("update backfleet.leader set lease_until = now() - interval '1 ms'");
        b.runOnce();
        assertThat(b.epoch()).hasValue(LEADER + 2);
        a.runOnce();
        assertThat(a.epoch()).isEmpty();

        b.resign();
        a.runOnce();
        assertThat(a.epoch()).hasValue(LEADER + 3);
        b.resign();
        assertThat(db.ask("select lease_until > now() from backfleet.leader")).isEqualTo("t");
    }

    @Test
    void a_leader_whose_lease_expired_has_a_new_epoch_even_without_another_leader_in_between() throws SQLException {
        var me = new PostgresLeadership(db.database, "me");
        db.run("update backfleet.leader set lease_until = now() - interval '1 ms'");
        assertThat(me.takeOrRenew(Duration.ofMinutes(1))).hasValue(LEADER + 1);
        assertThat(me.takeOrRenew(Duration.ofMinutes(1))).hasValue(LEADER + 1);
        db.run("update backfleet.leader set lease_until = now() - interval '1 ms'");
        assertThat(me.takeOrRenew(Duration.ofMinutes(1))).hasValue(LEADER + 2);
    }
}
