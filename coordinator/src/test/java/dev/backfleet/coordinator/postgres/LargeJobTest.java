package dev.backfleet.coordinator.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.dispatch.FairShares;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.duty.ProgressMeter;
import dev.backfleet.coordinator.duty.Reaper;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.cost.PostgresCosts;
import dev.backfleet.coordinator.postgres.detail.PostgresDetails;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSelfPausedJobs;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.query.PostgresFigures;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.shard.PostgresCounts;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import dev.backfleet.coordinator.postgres.shard.PostgresLeases;
import dev.backfleet.coordinator.postgres.shard.PostgresSplits;
import dev.backfleet.coordinator.postgres.throttle.PostgresWal;
import dev.backfleet.coordinator.postgres.timekeeping.PostgresTimeBooks;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.timekeeping.Spent;
import dev.backfleet.coordinator.timekeeping.TimeBooks;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a tick costs does not grow with the number of a job's shards: counted in rows that PostgreSQL looks at. */
@Tag("server")
class LargeJobTest {
    private static final int SHARDS = 50_000;

    // A thousand waiting shards stand for any more; a few are under way.
    private static final int READ_AT_MOST = 5_000;

    private final TestDatabase db = TestDatabase.open();
    private final Database database = Database.open(
            DatabaseSettings.ofUrl(db.url), new Database.Profile("tick", 1, List.of(), Duration.ofSeconds(60)));
    private long job;

    @BeforeEach
    void a_large_job() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\n").id();
        db.run("update backfleet.job set state = 'RUNNING', concurrency = 16, rows_estimated = 1, started_at = now(), "
                + "rollout = '{\"waves\": [{}, {}], \"promote\": \"AUTO\", \"soak\": \"PT1H\"}'");
        // As an old job's: most are done and tallied, some belong to a paused tenant, some to a wave that is to come.
        db.run("insert into backfleet.shard (job_id, number, relation, turn, upper, state, epoch, tallied, held, wave) "
                + "select " + job + ", i, 't'::regclass, i, array[i::text], "
                + "case when i % 5 < 3 then 'DONE' else 'PENDING' end, case when i % 5 < 3 then 1 else 0 end, i % 5 < 3, "
                + "i % 5 = 3, case when i % 10 = 4 then 2 else 1 end from generate_series(1, " + SHARDS + ") i");
        db.run("update backfleet.shard set state = 'RUNNING', epoch = 1, worker = 'w', "
                + "lease_until = now() + interval '1 hour' where number % 10 = 9 and number <= 80");
        db.run("update backfleet.leader set coordinator = 'c', epoch = 1, lease_until = now() + interval '1 hour'");
        db.run("insert into backfleet.worker (id, host, pid, slots, taking, seen_at) "
                + "values ('w', 'h', 1, 16, true, now() + interval '1 hour')");
        db.run("update backfleet.job set tallied_shards = 30000");
        db.run("vacuum analyze backfleet.shard");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        db.close();
    }

    private long read() {
        return database.jdbi().withHandle(handle -> {
            handle.execute("select pg_stat_force_next_flush()");
            handle.execute("select pg_stat_clear_snapshot()");
            return handle.createQuery("select seq_tup_read + coalesce(idx_tup_fetch, 0) "
                            + "from pg_stat_user_tables where relid = 'backfleet.shard'::regclass")
                    .mapTo(Long.class)
                    .one();
        });
    }

    private void assertCheap(String what, Runnable duty) {
        var before = read();
        duty.run();
        assertThat(read() - before).as(what + ": rows of backfleet.shard").isLessThan(READ_AT_MOST);
    }

    @Test
    void no_duty_of_a_tick_looks_at_all_shards() {
        var each = EachJob.failingFast("a duty");
        var board = new PostgresDispatchQueue(database);
        assertCheap("load", () -> assertThat(FairShares.choose(board.load())).isNotEmpty());
        assertCheap("dispatch", () -> {
            var tasks = board.dispatchIfLeading(job, 8, 1);
            assertThat(tasks).hasSize(8).contains(new Task(new ShardId(job, 89), 1));
        });
        assertCheap("complete", new JobCompletion(new PostgresJobs(database, false), over -> {})::runOnce);
        assertCheap("reap", new Reaper(new PostgresLeases(database), Duration.ofHours(1))::runOnce);
        assertCheap("split", new StragglerSplitter(board, new PostgresSplits(database), each)::runOnce);
        assertCheap("rollout", new Rollouts(new PostgresRollouts(database))::runOnce);
        assertCheap("recover", new Recovery(new PostgresSelfPausedJobs(database))::runOnce);
        assertCheap("pins", new SchemaDriftCheck(new PostgresPins(database), each)::runOnce);
        var meter = new ProgressMeter(new PostgresCounts(database), () -> Duration.ZERO, each);
        // The first looks count again what a coordinator of the release before may have tallied, and make the map.
        for (var looks = 0; looks < 5; looks++) {
            meter.runOnce();
        }
        assertCheap("measure", meter::runOnce);
        assertCheap(
                "wal", () -> assertThat(new PostgresWal(database).read().rows()).containsKey(job));
        assertCheap(
                "wal of jobs",
                () -> assertThat(new PostgresCosts(database).read().rows()).containsKey(job));
        assertCheap("growth", () -> assertThat(new PostgresCosts(database).unmeasured())
                .isEmpty());
        var books = new PostgresTimeBooks(database);
        assertCheap("time", () -> assertThat(books.look().jobs()).hasSize(1));
        assertCheap(
                "sample",
                () -> books.sample(List.of(new TimeBooks.Sample(
                        job, Spent.on(TimeCause.WORKING), Instant.now().minusSeconds(20)))));
        assertCheap("error budget", () -> assertThat(budgetSpent()).contains("of 1 rows scanned"));
        var queries = new PostgresQueries(database);
        assertCheap("workers", queries::workers);
        assertCheap("status", () -> assertThat(queries.job(job)).hasValueSatisfying(status -> {
            assertThat(status.shards()).isEqualTo(new JobStatus.Shards(SHARDS, 19_984, 8, 8, 30_000, 0));
            assertThat(status.wave()).isNotNull();
        }));
        var details = new PostgresDetails(database);
        for (var state : ShardState.values()) {
            assertCheap("shards that are " + state, () -> details.page(job, Optional.of(state), 0, 100));
        }
        assertCheap("shards", () -> assertThat(
                        details.page(job, Optional.empty(), 40_000, 100).shards())
                .hasSize(100));
        assertCheap("history", () -> assertThat(details.timeline(job, 100)).isPresent());
        assertCheap("show", () -> assertThat(details.details(job)).isPresent());
        assertCheap("look", () -> assertThat(queries.snapshot(job)).hasValueSatisfying(look -> {
            assertThat(look.map().buckets()).isEqualTo(1_021);
            assertThat(look.map().part(0, 1_021)).isEqualTo(new ShardMap.Part(SHARDS, 30_000, 16, 0));
        }));
        assertCheap("shards of a bucket", () -> assertThat(details.pageOfBucket(job, 1_000, Optional.empty(), 0, 100)
                        .shards())
                .hasSize(49));
        assertCheap("jobs", () -> assertThat(queries.jobs(true)).hasSize(1));
        var figures = new PostgresFigures(database);
        assertCheap("metrics", () -> assertThat(figures.read().runnableTasks()).isEqualTo(16));
    }

    @Test
    void a_look_does_not_depend_on_the_statistics_of_the_planner() throws SQLException {
        // As if a fresh table had been analyzed, with few shards, each of them under way.
        db.run("insert into backfleet.job_note (job_id, topic, at, note) select " + job
                + ", 'tries of shard ' || i, now(), 'n' from generate_series(1, 100) i");
        db.run("update pg_class set reltuples = 10, relpages = 1 where oid = 'backfleet.shard'::regclass");
        db.run(
                "update pg_class set reltuples = 50000, relpages = 50000 where relname in ('shard_begun', 'shard_in_flight', "
                        + "'shard_waiting', 'shard_failed', 'shard_piece', 'shard_pkey')");
        db.run("update backfleet.job set map_width = 49");
        var queries = new PostgresQueries(database);
        assertCheap("look", () -> assertThat(
                        queries.snapshot(job).orElseThrow().map().note())
                .isNull());
        assertCheap("jobs", () -> assertThat(queries.jobs(true)).hasSize(1));
        assertCheap("workers", queries::workers);
        assertCheap("metrics", () -> assertThat(
                        new PostgresFigures(database).read().listed().jobs())
                .hasSize(1));
    }

    // As with each rejected row, under the job's lock.
    private String budgetSpent() {
        return database.jdbi().withHandle(handle -> {
            handle.execute("update backfleet.job set quarantined = 200");
            return handle.createQuery("select backfleet.budget_spent(j, '23514') from backfleet.job j")
                    .mapTo(String.class)
                    .one();
        });
    }

    @Test
    void what_is_tallied_is_counted_once() throws SQLException {
        db.run("update backfleet.shard set rows_walked = 7, rows_changed = 5, tallied = false where number <= 5");
        var counts = new PostgresCounts(database);
        // Numbers 1, 2 and 5 are DONE; 3 and 4 are not begun.
        for (var looks = 0; looks < 3; looks++) {
            assertThat(counts.counts()).isEqualTo(Map.of(job, new ProgressMeter.Count(15, 21)));
        }
        assertThat(db.ask("select count(*) from backfleet.shard where tallied and rows_changed > 0"))
                .isEqualTo("3");
    }
}
