package dev.backfleet.coordinator.postgres.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.screen.WorkerState;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What people ask, answered by a real PostgreSQL. */
@Tag("server")
class PostgresQueriesTest {
    private static final String READ = """
            select sum(pg_stat_get_xact_tuples_returned(oid)) from pg_class
            where relnamespace = 'backfleet'::regnamespace and relkind in ('r', 'i')
            """;

    private final ControlRows rows = new ControlRows();
    private final PostgresQueries queries = new PostgresQueries(rows.database());

    @AfterEach
    void close() {
        rows.close();
    }

    private JobStatus status(long job) {
        return queries.job(job).orElseThrow();
    }

    private void measure(long job, String age) {
        rows.execute(
                "update backfleet.job set rows_per_second = 99.6, walked_per_second = 200,"
                        + " measured_at = now() - ?::interval where id = ?",
                age,
                job);
    }

    @Test
    void a_status_counts_rows_shards_and_workers() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "DONE", 100, 90);
        rows.shard(job, 2, "DONE", 100, 100);
        rows.shard(job, 3, "w-1", 50, 5);
        rows.shard(job, 4, "w-1", 0, 0);
        rows.shard(job, 5, "w-2", 0, 0);
        rows.shard(job, 6, "DISPATCHED", 0, 0);
        rows.shard(job, 7, "PENDING", 0, 0);
        rows.shard(job, 8, "FAILED", 0, 0);
        rows.shard(rows.job("other", "RUNNING"), 1, "w-3", 7, 7);
        var status = status(job);
        assertThat(status.rows()).isEqualTo(new JobStatus.Rows(1000L, 195, 250, 0, 0));
        assertThat(status.shards()).isEqualTo(new JobStatus.Shards(8, 1, 1, 3, 2, 1));
        assertThat(status.workers()).isEqualTo(2);
        assertThat(status.percent()).isEqualTo(25);
        assertThat(status.table()).isEqualTo("public.\"People\"");
        assertThat(status.lastBatchAt()).isNotNull();
    }

    @Test
    void a_list_and_a_look_say_the_same_of_a_job() {
        var job = rows.job("names", "RUNNING");
        var number = 0;
        for (var state : List.of("DONE", "DONE", "w-1", "w-2", "DISPATCHED", "PENDING", "PENDING", "FAILED")) {
            number++;
            rows.shard(job, number, state, 10L * number, number);
        }
        rows.execute("update backfleet.shard set wave = 2 where number in (3, 7)");
        rows.execute("update backfleet.shard set held = true where number = 6");
        rows.execute("update backfleet.shard set dispatched_at = now() where state = 'DISPATCHED'");
        rows.execute("update backfleet.job set wave = 1, tallied_changed = 7, tallied_walked = 8, tallied_shards = 1, "
                + "rollout = '{\"waves\": [{}, {}, {}], \"promote\": \"AUTO\", \"soak\": \"PT1H\"}'");
        rows.execute("update backfleet.leader set coordinator = 'c', lease_until = now() + interval '1 hour'");
        rows.worker("w-1", true);
        var look = queries.snapshot(job).orElseThrow();
        assertThat(queries.jobs(true)).containsExactly(look.job());
        assertThat(status(job)).isEqualTo(look.job());
        assertThat(look.job().wave()).isNotNull().satisfies(wave -> assertThat(wave.openShards())
                .isEqualTo(3));
        assertThat(queries.workers()).isEqualTo(look.workers());
        assertThat(look.workers().get(0).shards()).containsExactly(new WorkerStatus.Held(job, 3));
    }

    @Test
    void a_list_of_many_jobs_reads_each_job_and_each_control_record_a_few_times_and_not_for_each_job() {
        var jobs = 300;
        for (var i = 0; i < jobs; i++) {
            rows.job("job-" + i, "RUNNING");
        }
        rows.execute("insert into backfleet.control (scope, state) select 'job/' || id || '/tenant/' || t, 'PAUSE' "
                + "from backfleet.job, unnest(array['a/b', 'c']) t");
        rows.execute(
                "insert into backfleet.control (scope, state) select 'job/' || id || '/tenant/d', 'RUN' from backfleet.job");
        rows.execute("insert into backfleet.control (scope, state) select 'job/' || id, 'RUN' from backfleet.job");
        // None of them has a rollout: the shards of its wave are not looked for.
        rows.execute("insert into backfleet.job_relation (job_id, relation, schema_name, table_name) "
                + "select id, 'backfleet.job'::regclass, 'backfleet', 'job' from backfleet.job");
        rows.execute("insert into backfleet.shard (job_id, number, relation, turn, upper) "
                + "select j.id, i, 'backfleet.job'::regclass, i, array[i::text] "
                + "from (select id from backfleet.job limit 20) j, generate_series(1, 1000) i");
        rows.execute("analyze backfleet.job, backfleet.control, backfleet.shard");
        var read = rows.database().jdbi().inTransaction(handle -> {
            // It counts what the session has read before and not reported yet, too.
            var before = handle.createQuery(READ).mapTo(Long.class).one();
            var listed = new StatusStore(handle, List.of()).jobs(false);
            assertThat(listed).hasSize(jobs).allMatch(job -> job.pausedTenants() == 2);
            return handle.createQuery(READ).mapTo(Long.class).one() - before;
        });
        assertThat(read).as("rows and index entries of the control schema").isLessThan(30L * jobs);
    }

    @Test
    void sessions_that_hold_locks_on_the_table_of_a_job_that_stands_still_are_found() throws Exception {
        rows.execute("create table t (id integer primary key, n integer)");
        rows.execute("insert into t values (1, 1)");
        var job = rows.job("names", "RUNNING");
        rows.execute("insert into backfleet.job_relation values (?, 't'::regclass::oid, 'public', 't')", job);
        rows.shard(job, 1, "w-1", 0, 0);
        try (var connection = DriverManager.getConnection(rows.url() + "&ApplicationName=psql");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table t in share mode");
            assertThat(queries.snapshot(job).orElseThrow().blockers())
                    .as("a job that moves")
                    .isEmpty();
            rows.execute(
                    "insert into backfleet.job_note (job_id, topic, note) values (?, 'tries of shard 1', 'it ended with 55P03: x')",
                    job);
            assertThat(queries.snapshot(job).orElseThrow().blockers())
                    .as("a job that moves between locks")
                    .hasSize(1);
            rows.execute("delete from backfleet.job_note");
            rows.worker("w-1", true);
            rows.execute(
                    "update backfleet.worker set lock_tries = jsonb_build_object(?::text, '[34, 39, 2]'::jsonb)", job);
            assertThat(queries.snapshot(job).orElseThrow().lostTries())
                    .contains(new WorkerStatus.RecentBatches(job, 34, 2, 39));
            assertThat(queries.snapshot(job).orElseThrow().blockers())
                    .as("a job of which each shard moves between locks")
                    .hasSize(1);
            rows.execute("update backfleet.worker set seen_at = now() - interval '6 seconds'");
            assertThat(queries.snapshot(job).orElseThrow().meetsLocks())
                    .as("what a dead worker met")
                    .isFalse();
            rows.execute("update backfleet.shard set last_batch_at = now() - interval '11 seconds'");
            assertThat(queries.snapshot(job).orElseThrow().blockers())
                    .singleElement()
                    .satisfies(blocker -> {
                        assertThat(blocker.pid())
                                .isEqualTo(connection.unwrap(PGConnection.class).getBackendPID());
                        assertThat(blocker.words(Instant.now()))
                                .contains("(psql, ", ", idle in transaction) holds SHARE on public.t, in a");
                    });
            connection.rollback();
            statement.execute("update t set n = 2");
            // A transaction that changes rows is likely to end at once; one that lasts is not.
            await().until(() -> queries.snapshot(job).orElseThrow().blockers().stream()
                    .anyMatch(blocker -> blocker.words(Instant.now()).contains("holds ROW EXCLUSIVE on public.t")));
            connection.rollback();
        }
        assertThat(queries.snapshot(job).orElseThrow().blockers()).isEmpty();
    }

    @Test
    void a_job_without_shards_has_zeros_and_nothing_else() {
        var status = status(rows.job("names", "PLANNING"));
        assertThat(status.rows()).isEqualTo(new JobStatus.Rows(1000L, 0, 0, 0, 0));
        assertThat(status.shards()).isEqualTo(new JobStatus.Shards(0, 0, 0, 0, 0, 0));
        assertThat(status.startedAt()).isNull();
        assertThat(status.lastBatchAt()).isNull();
        assertThat(status.fleetPaused()).isFalse();
    }

    @Test
    void a_measurement_of_long_ago_counts_for_nothing() {
        var job = rows.job("names", "RUNNING");
        measure(job, "6 seconds");
        assertThat(status(job).rate().current()).isNull();
        assertThat(status(job).etaSeconds()).isNull();
    }

    @Test
    void a_paused_fleet_is_shown_with_who_and_why() {
        var job = rows.job("names", "RUNNING");
        rows.pauseFleet("ann", "replica lag");
        var snapshot = queries.snapshot(job).orElseThrow();
        assertThat(snapshot.job().fleetPaused()).isTrue();
        assertThat(snapshot.fleet().paused()).isTrue();
        assertThat(snapshot.fleet().by()).isEqualTo("ann");
        assertThat(snapshot.fleet().reason()).isEqualTo("replica lag");
        rows.execute("update backfleet.control set state = 'RUN'");
        assertThat(status(job).fleetPaused()).isFalse();
        assertThat(queries.fleet().paused()).isFalse();
    }

    @Test
    void a_coordinator_leads_while_its_lease_runs() {
        assertThat(queries.fleet().led()).isFalse();
        rows.execute("update backfleet.leader set coordinator = 'c-1', lease_until = now() + interval '1 hour'");
        assertThat(queries.fleet().leader()).isEqualTo("c-1");
    }

    @Test
    void jobs_that_are_not_over_come_first_and_the_newest_before_the_older() {
        rows.job("a", "RUNNING");
        rows.job("b", "SUCCEEDED");
        rows.job("c", "HALTED");
        rows.job("d", "CANCELLED");
        assertThat(queries.jobs(false)).extracting(JobStatus::name).containsExactly("c", "a", "d", "b");
    }

    @Test
    void of_the_jobs_that_are_over_only_the_last_ten_are_listed_unless_all_are_asked_for() {
        for (var i = 1; i <= 12; i++) {
            rows.job("job-" + i, "SUCCEEDED");
        }
        rows.job("open", "PAUSED");
        assertThat(queries.jobs(false)).hasSize(11).extracting(JobStatus::name).doesNotContain("job-1", "job-2");
        assertThat(queries.jobs(true)).hasSize(13);
    }

    @Test
    void a_worker_is_listed_with_its_shards() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 9, "w-2", 0, 0);
        rows.shard(job, 3, "w-2", 0, 0);
        rows.shard(job, 4, "PENDING", 0, 0);
        rows.worker("w-1", true);
        rows.worker("w-2", false);
        rows.worker("w-0", true);
        rows.execute("update backfleet.worker set seen_at = now() - interval '1 minute' where id = 'w-0'");
        var workers = queries.workers();
        assertThat(workers).extracting(WorkerStatus::id).containsExactly("w-1", "w-2", "w-0");
        assertThat(workers).extracting(WorkerStatus::alive).containsExactly(true, true, false);
        assertThat(workers).extracting(WorkerStatus::taking).containsExactly(true, false, true);
        assertThat(workers).extracting(WorkerStatus::busy).containsExactly(0, 2, 0);
        assertThat(workers.get(1).shards())
                .containsExactly(new WorkerStatus.Held(job, 3), new WorkerStatus.Held(job, 9));
    }

    @Test
    void a_worker_of_a_read_only_server_is_listed_as_of_the_last_stored_heartbeats() throws Exception {
        for (var id : List.of("w-1", "w-2", "w-3")) {
            rows.worker(id, true);
        }
        rows.execute("update backfleet.worker set seen_at = now() - interval '30 seconds' where id = 'w-1'");
        rows.execute("update backfleet.worker set seen_at = now() - interval '31 seconds' where id = 'w-2'");
        rows.execute("update backfleet.worker set seen_at = now() - interval '60 seconds' where id = 'w-3'");
        assertThat(queries.workers()).extracting(WorkerStatus::alive).containsOnly(false);
        try (var connection = DriverManager.getConnection(rows.url());
                var statement = connection.createStatement()) {
            statement.execute("do $$ begin execute format('alter database %I set default_transaction_read_only = on', "
                    + "current_database()); end $$");
        }
        try (var database = Database.open(
                DatabaseSettings.ofUrl(rows.url()),
                new Database.Profile("test", 1, List.of(), Duration.ofSeconds(30)))) {
            var workers = new PostgresQueries(database).workers();
            assertThat(workers).extracting(WorkerStatus::id).containsExactly("w-1", "w-2", "w-3");
            assertThat(workers).extracting(WorkerStatus::alive).containsExactly(true, true, false);
            assertThat(workers).extracting(WorkerStatus::taking).containsExactly(false, false, true);
            assertThat(WorkerState.words(workers.get(1)))
                    .isEqualTo("accepts no tasks: the database is read-only since "
                            + HumanTime.moment(workers.get(0).seenAt()));
        }
    }

    @Test
    void a_job_that_a_later_release_has_stored_says_so_as_long_as_it_is_not_over() {
        var job = rows.job("names", "RUNNING");
        assertThat(status(job).findings().notes()).isEmpty();
        rows.execute("update backfleet.job set definition = definition || '{\"v\": 99}'");
        assertThat(status(job).findings().notes())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("this release cannot work on the job: the stored job definition has version 99");
        rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now()");
        assertThat(status(job).findings().notes()).isEmpty();
    }

    @Test
    void notes_of_a_worker_are_shown_as_long_as_its_process_lives() {
        var job = rows.job("names", "RUNNING");
        rows.worker("w-1", true);
        rows.execute("insert into backfleet.job_note (job_id, topic, note) values (?, 'worker w-1', 'a note')", job);
        assertThat(status(job).findings().notes()).containsExactly("a note");
        rows.execute("update backfleet.worker set started_at = clock_timestamp()");
        assertThat(status(job).findings().notes()).isEmpty();
        rows.execute(
                "update backfleet.worker set started_at = now() - interval '1 day', seen_at = now() - interval '1 hour'");
        assertThat(status(job).findings().notes()).isEmpty();
    }

    @Test
    void an_id_counts_before_a_name_and_of_a_name_the_newest() {
        var first = rows.job("names", "SUCCEEDED");
        var second = rows.job("names", "RUNNING");
        rows.job(String.valueOf(first), "RUNNING");
        assertThat(queries.find("names")).contains(second);
        assertThat(queries.find(String.valueOf(first))).contains(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "99", "9223372036854775807", "99999999999999999999999999", "-1", "", "٣"})
    void what_is_not_there_is_not_found(String idOrName) {
        rows.job("names", "RUNNING");
        assertThat(queries.find(idOrName)).isEmpty();
        assertThat(queries.snapshot(99)).isEmpty();
    }

    @Test
    void a_finished_job_keeps_its_times_and_its_error() {
        var job = rows.job("names", "FAILED");
        rows.execute("update backfleet.job set error = 'bad row', reason = 'because' where id = ?", job);
        assertThat(status(job).state()).isEqualTo(JobState.FAILED);
        assertThat(status(job).finishedAt()).isNotNull();
        assertThat(Optional.ofNullable(status(job).error())).contains("bad row");
        assertThat(Optional.ofNullable(status(job).reason())).contains("because");
    }
}
