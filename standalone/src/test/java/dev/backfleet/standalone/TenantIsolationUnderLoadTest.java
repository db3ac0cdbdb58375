package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import dev.backfleet.coordinator.postgres.shard.PostgresSplits;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tenants are paused and resumed, and shards split, while batches run on four connections: no row of a paused tenant
 * changes, and in the end each row was changed once, by a change that is not idempotent.
 */
@Tag("server")
class TenantIsolationUnderLoadTest {
    private static final int ROWS = 30_000;
    private static final int ROUNDS = 8;
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Database coordinator;
    private Database worker;
    private volatile boolean over;

    @BeforeEach
    void fill() {
        var settings = DatabaseSettings.ofUrl(SharedServers.freshDatabase());
        ControlSchema.migrate(settings);
        coordinator = Database.open(settings, new Database.Profile("coordinator", 6, List.of(), SILENCE));
        worker = Database.open(
                settings, new Database.Profile("backfleet-worker/w", 4, WorkerSession.statements(), SILENCE));
        coordinator.jdbi().useHandle(handle -> {
            handle.execute(
                    "create table t (tenant text collate \"und-x-icu\", id integer, n integer not null default 0, "
                            + "primary key (tenant, id))");
            // One owns 61 %, a few have shards of their own, the others share some.
            handle.execute("insert into t select case when i % 100 < 61 then 'whale' when i % 100 < 70 then 'large' "
                    + "else (array['a', 'Ä', 'ü', 'Z'])[1 + i % 4] || i % 37 end, i from generate_series(1, " + ROWS
                    + ") i");
            handle.execute("analyze t");
            handle.execute("update backfleet.leader set epoch = 1, lease_until = 'infinity'");
        });
    }

    @AfterEach
    void end() throws InterruptedException {
        over = true;
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        worker.close();
        coordinator.close();
    }

    @Test
    void no_row_of_a_paused_tenant_changes_and_every_row_is_changed_once() throws Exception {
        live(1, 2);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5})
    void nor_with_other_seeds(long seed) throws Exception {
        live(seed, seed < 4 ? 1 : 8);
    }

    private void live(long seed, int passes) throws Exception {
        var random = new Random(seed);
        var job = job(passes);
        var work = IntStream.range(0, 4)
                .mapToObj(i -> threads.submit(() -> work(new Random(seed * 10 + i))))
                .toList();
        var coordination = threads.submit(() -> coordinate(job));
        var tenants = coordinator.jdbi().withHandle(handle -> handle.createQuery(
                        "select distinct tenant from t order by 1")
                .mapTo(String.class)
                .list());
        for (var round = 0; round < ROUNDS; round++) {
            var tenant = round % 4 == 0 ? "whale" : tenants.get(random.nextInt(tenants.size()));
            pauseForAWhile(job, tenant, work);
        }
        await().atMost(Duration.ofMinutes(2)).until(() -> isFailed(work) || isOver(job));
        over = true;
        for (var each : work) {
            each.get();
        }
        coordination.get();
        assertThat(number("select count(*) from t where n <> 1"))
                .as("rows not changed once")
                .isZero();
        assertThat(number("select sum(rows_changed) from backfleet.shard")).isEqualTo(ROWS);
        assertThat(number("select sum(rows_walked) from backfleet.shard")).isEqualTo(ROWS);
        assertThat(number("select count(*) from backfleet.shard where cursor is distinct from upper"))
                .isZero();
    }

    private void pauseForAWhile(long job, String tenant, List<? extends Future<?>> work) {
        assertThat(say(job, tenant, DesiredState.PAUSE)).isTrue();
        var atPause = changedOf(tenant);
        var others = changedOfOthers(tenant);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> isFailed(work)
                        || changedOfOthers(tenant) > others + 500
                        || number("select count(*) from backfleet.shard where state not in ('DONE') and not held")
                                == 0);
        assertThat(changedOf(tenant))
                .as("changed of " + tenant + " since its pause")
                .isEqualTo(atPause);
        assertThat(say(job, tenant, DesiredState.RUN)).isTrue();
    }

    private long job(int passes) {
        var spec = "name: j\ntable: t\ntenant: tenant\nset: { n: n + 1 }\nshard: { rows: 12000 }\nconcurrency: 4\n"
                + "walk: { passes: " + passes + " }\n";
        var job = new SubmitJob(new PostgresCatalog(coordinator), new PostgresIntake(coordinator))
                .run(Actor.commandLine("me"), SpecParser.parse("s.yaml", spec))
                .id();
        new PostgresPlans(coordinator).plan(job);
        return job;
    }

    private boolean say(long job, String tenant, DesiredState state) {
        return new PostgresControl(coordinator)
                .apply(Scope.tenant(job, tenant), new ControlRecord(state, null, null), Optional.empty());
    }

    /** Dispatches pending shards, and splits running ones. */
    private void coordinate(long job) {
        var board = new PostgresDispatchQueue(coordinator);
        var splits = new PostgresSplits(coordinator);
        while (!over) {
            tasks.addAll(board.dispatchIfLeading(job, 4, 1));
            splits.splitRunning(job, 1);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Batches of random sizes, a few on each claim. */
    private Void work(Random random) throws InterruptedException {
        var leases = new PostgresShardLeases(worker, "w", Duration.ofMinutes(5));
        var ranges = new PostgresRangeWorker(worker, "w", Duration.ofMinutes(5));
        while (!over) {
            var task = tasks.poll(10, TimeUnit.MILLISECONDS);
            if (task != null) {
                work(leases, ranges, task, random);
            }
        }
        return null;
    }

    private static void work(PostgresShardLeases leases, PostgresRangeWorker ranges, Task task, Random random) {
        var claim = leases.claim(task);
        if (claim.isEmpty()) {
            return;
        }
        Cursor cursor = claim.get().cursor();
        for (var i = 1 + random.nextInt(20); i > 0; i--) {
            try {
                var result = ranges.batch(claim.get(), new Step.Batch(cursor, 1 + random.nextInt(300)));
                if (result.isEmpty() || result.get().done()) {
                    return;
                }
                cursor = result.get().cursor();
            } catch (StatementFailedException e) {
                assertThat(e.failure().code())
                        .as("it was rolled back because of a tenant isolation")
                        .isIn("55P03", "57014");
            }
        }
        leases.giveBack(claim.get(), Duration.ZERO);
    }

    private static boolean isFailed(List<? extends Future<?>> work) {
        return work.stream().anyMatch(Future::isDone);
    }

    private boolean isOver(long job) {
        return number("select count(*) from backfleet.shard where state <> 'DONE' and job_id = " + job) == 0;
    }

    private long changedOf(String tenant) {
        return number("select coalesce(sum(n), 0) from t where tenant = '" + tenant + "'");
    }

    private long changedOfOthers(String tenant) {
        return number("select coalesce(sum(n), 0) from t where tenant <> '" + tenant + "'");
    }

    private long number(String sql) {
        return coordinator
                .jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
