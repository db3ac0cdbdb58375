package dev.backfleet.coordinator.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wish does, in which order wishes count, and that a pause is proven when it is acknowledged. */
@Tag("server")
class PauseTest {
    private static TestDatabase db;
    private static PostgresControl control;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        control = new PostgresControl(db.database);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job; delete from backfleet.control");
    }

    private static boolean wish(Scope scope, DesiredState state, @Nullable String topic, long offset) {
        return control.apply(
                scope,
                new ControlRecord(state, "why", "ann"),
                topic == null ? Optional.empty() : Optional.of(new ControlPosition(topic, offset)));
    }

    private static boolean wish(Scope scope, DesiredState state) {
        return wish(scope, state, null, 0);
    }

    private static String stored() throws SQLException {
        return db.ask("select concat_ws(' ', state, topic_id, topic_offset) from backfleet.control");
    }

    @Test
    void an_older_record_never_overrules_a_newer_one() throws SQLException {
        var job = Scope.job(db.job("RUNNING", 1));
        assertThat(wish(job, DesiredState.PAUSE, "T", 5)).isTrue();
        assertThat(wish(job, DesiredState.RUN, "T", 4)).isFalse();
        assertThat(wish(job, DesiredState.RUN, "T", 5)).as("the same again").isFalse();
        assertThat(stored()).isEqualTo("PAUSE T 5");
        assertThat(db.ask("select state from backfleet.job")).isEqualTo("PAUSING");
        assertThat(wish(job, DesiredState.RUN, "T", 6)).isTrue();
        assertThat(db.ask("select state from backfleet.job")).isEqualTo("RUNNING");
    }

    @Test
    void a_topic_that_was_created_anew_counts_from_its_start() throws SQLException {
        wish(Scope.FLEET, DesiredState.PAUSE, "T", 500);
        assertThat(wish(Scope.FLEET, DesiredState.RUN, "U", 0)).isTrue();
        assertThat(stored()).isEqualTo("RUN U 0");
    }

    @Test
    void a_record_that_could_not_be_published_counts_and_keeps_the_offset_on_the_topic() throws SQLException {
        wish(Scope.FLEET, DesiredState.RUN, "T", 5);
        assertThat(wish(Scope.FLEET, DesiredState.PAUSE)).isTrue();
        assertThat(stored()).isEqualTo("PAUSE T 5");
        assertThat(wish(Scope.FLEET, DesiredState.RUN, "T", 5))
                .as("read again after a restart")
                .isFalse();
        assertThat(stored()).isEqualTo("PAUSE T 5");
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, PAUSE, PAUSING",
        "PLANNING, PAUSE, PLANNING",
        "PAUSED, PAUSE, PAUSED",
        "HALTED, PAUSE, HALTED",
        "PAUSING, RUN, RUNNING",
        "PAUSED, RUN, RUNNING",
        "CANCELLING, RUN, CANCELLING",
        "HALTED, RUN, PLANNING",
        "PLANNING, CANCEL, CANCELLED",
        "RUNNING, CANCEL, CANCELLING",
        "PAUSING, CANCEL, CANCELLING",
        "PAUSED, CANCEL, CANCELLING",
        "HALTED, CANCEL, CANCELLING",
        "SUCCEEDED, CANCEL, SUCCEEDED"
    })
    void a_record_moves_a_job_only_as_its_state_permits(JobState from, DesiredState wish, JobState to)
            throws SQLException {
        var job = db.job(from.name(), 1);
        wish(Scope.job(job), wish);
        assertThat(db.state(job)).hasValue(to);
    }

    @Test
    void the_reason_of_a_pause_is_kept_and_goes_with_it() throws SQLException {
        var job = db.job("RUNNING", 1);
        wish(Scope.job(job), DesiredState.PAUSE);
        assertThat(db.ask("select reason from backfleet.job")).isEqualTo("paused by ann: why");
        wish(Scope.job(job), DesiredState.RUN);
        assertThat(db.ask("select reason from backfleet.job")).isEqualTo("null");
    }

    @Test
    void a_proof_waits_for_the_batch_that_is_under_way() throws Exception {
        var job = db.job("RUNNING", 1);
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now()");
        wish(Scope.job(job), DesiredState.PAUSE);
        var threads = Executors.newSingleThreadExecutor();
        try (var batch = db.connect()) {
            batch.setAutoCommit(false);
            execute(batch, "update backfleet.shard set batches = 1, last_batch_at = now()");
            var quiet = threads.submit(() -> control.prove(Scope.job(job)));
            await().until(() -> db.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            assertThat(quiet.isDone()).isFalse();
            assertThat(db.state(job)).hasValue(JobState.PAUSING);
            batch.commit();
            quiet.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(db.state(job)).hasValue(JobState.PAUSED);
        assertThat(db.shards(job)).containsExactly("PENDING");
        assertThat(control.lastBatch(Scope.job(job))).isPresent();
    }

    @Test
    void pauses_lock_shards_in_their_order_so_that_two_of_them_never_wait_for_each_other() throws Exception {
        var job = db.job("RUNNING", 3);
        // Wherever the rows are: the first one is the last one now.
        for (var number = 3; number >= 1; number--) {
            db.run("update backfleet.shard set state = 'DISPATCHED', dispatched_at = now() where number = " + number);
        }
        var threads = Executors.newSingleThreadExecutor();
        try (var batch = db.connect();
                var other = db.connect()) {
            batch.setAutoCommit(false);
            execute(batch, "select from backfleet.shard where number = 1 for update");
            var quiet = threads.submit(() -> control.prove(Scope.FLEET));
            await().until(() -> db.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            execute(other, "select from backfleet.shard where number > 1 for update nowait");
            batch.commit();
            quiet.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(db.shards(job)).containsOnly("PENDING");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void after_a_pause_is_acknowledged_nothing_changes_however_hard_workers_try(boolean wholeFleet) throws Exception {
        for (var round = 0; round < 10; round++) {
            var job = db.job("RUNNING", 6);
            var scope = wholeFleet ? Scope.FLEET : Scope.job(job);
            db.run("update backfleet.shard set state = 'DISPATCHED' where job_id = " + job);
            var stop = new AtomicBoolean();
            var threads = Executors.newCachedThreadPool();
            var workers = new ArrayList<Future<?>>();
            try {
                for (var i = 0; i < 6; i++) {
                    workers.add(threads.submit(hammer(job, 1 + i % 6, stop)));
                }
                await().until(() -> Integer.parseInt(total(job)) > 20);
                wish(scope, DesiredState.PAUSE);
                control.prove(scope);
                var counted = total(job);
                for (var i = 0; i < 20; i++) {
                    assertThat(total(job)).isEqualTo(counted);
                }
                assertThat(db.shards(job)).doesNotContain("RUNNING");
            } finally {
                stop.set(true);
                for (var worker : workers) {
                    worker.get();
                }
                threads.shutdown();
            }
            db.run("delete from backfleet.control; delete from backfleet.job");
        }
    }

    private static String total(long job) throws SQLException {
        return db.ask("select sum(batches) from backfleet.shard where job_id = " + job);
    }

    /** A worker's statements, reduced to their guards: claims and batches as fast as they go. */
    private static Callable<Void> hammer(long job, int number, AtomicBoolean stop) {
        var shard = " where s.job_id = " + job + " and s.number = " + number;
        var claim =
                "update backfleet.shard s set state = 'RUNNING', epoch = s.epoch + 1, worker = 'w', lease_until = now() "
                        + "from backfleet.job j" + shard
                        + " and s.state = 'DISPATCHED' and j.id = s.job_id and j.state = 'RUNNING' "
                        + "and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')";
        var batch = "with fence as materialized (select 1 from backfleet.shard s" + shard
                + " and s.state = 'RUNNING' for update) update backfleet.shard s set batches = s.batches + 1" + shard
                + " and exists (select from fence)";
        var yield = "update backfleet.shard s set state = 'DISPATCHED', worker = null, lease_until = null" + shard
                + " and s.state = 'RUNNING' and s.batches % 5 = 0";
        return () -> {
            try (var connection = db.connect()) {
                while (!stop.get()) {
                    for (var statement : List.of(claim, batch, yield)) {
                        execute(connection, statement);
                    }
                }
            }
            return null;
        };
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
