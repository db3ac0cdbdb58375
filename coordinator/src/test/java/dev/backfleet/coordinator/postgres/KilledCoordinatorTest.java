package dev.backfleet.coordinator.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FleetLoad;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.lead.Leadership;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A coordinator that is killed between two steps leaves nothing that the next one cannot go on from. */
@Tag("server")
class KilledCoordinatorTest {
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
    void a_leader_and_slots() throws SQLException {
        db.run("update backfleet.leader set coordinator = 'a', epoch = 7, lease_until = now() + interval '1 hour'");
        db.run("insert into backfleet.worker (id, host, pid, slots, taking, seen_at) "
                + "values ('w', 'h', 1, 4, true, now() + interval '1 hour')");
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t; delete from backfleet.job; delete from backfleet.worker");
    }

    /** Kills the coordinator's session while it waits for what somebody else holds. */
    private static void kill(String held, Runnable duty) throws SQLException {
        try (var other = db.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(held);
            var doing = CompletableFuture.runAsync(duty);
            var waiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
                    + "and application_name = 'backfleet-coordinator/c'";
            await().until(() -> db.ask("select count(*) " + waiting).equals("1"));
            db.run("select pg_terminate_backend(pid) " + waiting);
            assertThatThrownBy(doing::join).isNotNull();
            other.rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "backfleet.shard", "backfleet.control"})
    void killed_while_planning_it_leaves_a_job_that_the_next_one_plans(String waitsFor) throws SQLException {
        db.run(
                "create table t (id bigint primary key, n integer); insert into t select i, 0 from generate_series(1, 5000) i");
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\nshard: { rows: 1000 }\n")
                .id();
        kill("lock table " + waitsFor + " in access exclusive mode", () -> new PostgresPlans(db.database).plan(job));
        assertThat(db.ask("select state from backfleet.job")).isEqualTo("PLANNING");
        assertThat(db.shards(job)).isEmpty();

        assertThat(new PostgresPlans(db.database).plan(job)).isPresent();
        assertThat(db.ask("select state from backfleet.job")).isEqualTo("RUNNING");
        assertThat(db.shards(job)).hasSize(5);
        assertThat(new PostgresPlans(db.database).plan(job)).as("planned once").isEmpty();
    }

    private static Dispatcher dispatcher(TaskPublisher publisher) {
        return new Dispatcher(new PostgresDispatchQueue(db.database), publisher, () -> Duration.ZERO);
    }

    @Test
    void killed_between_writing_and_publishing_it_leaves_tasks_that_the_next_one_publishes_under_new_numbers()
            throws SQLException {
        var job = db.job("RUNNING", 3);
        assertThatThrownBy(() -> dispatcher(new Killed()).runOnce(7)).isInstanceOf(Killed.Kill.class);
        assertThat(db.shards(job)).containsOnly("DISPATCHED");

        db.run("update backfleet.leader set coordinator = 'b', epoch = 8");
        var published = new Published();
        dispatcher(published).runOnce(8);
        assertThat(published.tasks).as("they may still come").isEmpty();
        new Reaper(new PostgresLeases(db.database), Duration.ZERO).runOnce();
        dispatcher(published).runOnce(8);
        assertThat(published.tasks).hasSize(3).allMatch(task -> task.dispatch() == 2);
    }

    @Test
    void of_two_that_believe_to_lead_one_dispatches() throws SQLException {
        var job = db.job("RUNNING", 3);
        var length = Duration.ofMinutes(5);
        var expired = "update backfleet.leader set lease_until = now() - interval '1 ms'";
        db.run(expired);
        // The first is frozen past its lease; its own clock has not moved.
        var first = new Leadership(new PostgresLeadership(db.database, "a"), length, () -> {}, () -> Duration.ZERO);
        first.runOnce();
        db.run(expired);
        var second = new Leadership(new PostgresLeadership(db.database, "b"), length, () -> {}, () -> Duration.ZERO);
        second.runOnce();

        var published = new Published();
        dispatcher(published).runOnce(first.epoch().orElseThrow());
        assertThat(published.tasks).isEmpty();
        dispatcher(published).runOnce(second.epoch().orElseThrow());
        dispatcher(published).runOnce(first.epoch().orElseThrow());
        assertThat(published.tasks).hasSize(3).doesNotHaveDuplicates();
        assertThat(db.shards(job)).containsOnly("DISPATCHED");
    }

    @Test
    void one_that_loses_its_lease_in_the_middle_of_a_round_does_no_more_and_undoes_nothing() throws SQLException {
        var jobs = List.of(db.job("RUNNING", 2), db.job("RUNNING", 2));
        var board = new PostgresDispatchQueue(db.database);
        var published = new Published();
        var asked = new ArrayList<Long>();
        var next = new AtomicLong();
        var losing = new Dispatcher.DispatchQueue() {
            @Override
            public FleetLoad load() {
                return board.load();
            }

            @Override
            public List<Task> dispatchIfLeading(long job, int count, long leader) {
                var tasks = board.dispatchIfLeading(job, count, leader);
                asked.add(job);
                if (asked.size() == 1) {
                    // Frozen for as long as the lease lasts, say.
                    db.database
                            .jdbi()
                            .useHandle(h -> h.execute("update backfleet.leader set lease_until = '-infinity'"));
                    var other = new PostgresLeadership(db.database, "b");
                    next.set(other.takeOrRenew(Duration.ofHours(1)).orElseThrow());
                }
                return tasks;
            }

            @Override
            public void undoIfDispatched(List<Task> tasks) {
                board.undoIfDispatched(tasks);
            }
        };
        new Dispatcher(losing, published, () -> Duration.ZERO).runOnce(7);
        assertThat(asked).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(published.tasks).isNotEmpty().allMatch(task -> task.shard().job() == asked.get(0));

        dispatcher(published).runOnce(next.get());
        assertThat(published.tasks).hasSize(4).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAUSING PAUSED", "CANCELLING CANCELLED", "RUNNING SUCCEEDED"})
    void killed_while_completing_it_leaves_a_job_that_the_next_one_completes(String fromAndTo) throws SQLException {
        var states = fromAndTo.split(" ");
        var job = db.job(states[0], 2);
        db.run(
                states[0].equals("RUNNING")
                        ? "update backfleet.shard set state = 'DONE'"
                        : "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() + interval '1 hour'");
        var forgotten = new ArrayList<Long>();
        var finisher = new JobCompletion(new PostgresJobs(db.database, false), forgotten::add);
        kill("select from backfleet.job for update", finisher::runOnce);
        assertThat(db.ask("select state from backfleet.job")).isEqualTo(states[0]);
        assertThat(forgotten).isEmpty();

        finisher.runOnce();
        assertThat(db.ask("select state from backfleet.job")).isEqualTo(states[1]);
        assertThat(db.shards(job)).doesNotContain("RUNNING");
        assertThat(forgotten).hasSize(states[1].equals("PAUSED") ? 0 : 1);
    }

    /** Publishes nothing: the process is gone before. */
    private static final class Killed implements TaskPublisher {
        @Override
        public List<Task> publish(List<Task> tasks, Duration timeout) {
            throw new Kill();
        }

        @Override
        public void close() {}

        private static final class Kill extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }
    }

    /** Remembers what was published. */
    private static final class Published implements TaskPublisher {
        private final List<Task> tasks = new ArrayList<>();

        @Override
        public List<Task> publish(List<Task> published, Duration timeout) {
            tasks.addAll(published);
            return List.of();
        }

        @Override
        public void close() {}
    }
}
