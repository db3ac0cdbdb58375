package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.worker.execute.GuardedDatabase;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.report.DatabaseWatch;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker makes of a server that crashes, takes no writes, or whose answer never comes: a server of its own. */
@Tag("server")
class CrashTest {
    private static PostgresServer server;

    private TestFleet fleet;
    private Claim claim;

    @BeforeAll
    static void start() {
        // So that what was committed asynchronously is lost, and not written out in time by chance.
        server = PostgresServer.open(PostgresOptions.durable().with("wal_writer_delay", "10s"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void a_shard() throws SQLException {
        fleet = TestFleet.openOn(server.createDatabase("d" + System.nanoTime()));
        fleet.run("create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 1000) i");
        claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{1000}");
    }

    @AfterEach
    void close() throws SQLException {
        fleet.close();
    }

    private void assertEveryRowOnce(TestFleet now) throws SQLException {
        assertThat(now.ask("select min(n), max(n), count(*) from t")).isEqualTo("1 1 1000");
        assertThat(now.ask("select state, rows_changed from backfleet.shard")).isEqualTo("DONE 1000");
    }

    private static ShardAccess guarded(Database database) {
        return GuardedDatabase.around(
                new ShardAccess(
                        new PostgresShardLeases(database, "w", TestFleet.LEASE),
                        new PostgresRangeWorker(database, "w", TestFleet.LEASE)),
                new DatabaseWatch(() -> true, Ticker.system()));
    }

    private static ShardExecutor executor() {
        Supplier<ControlView> mayRun = () -> new ControlView(true, Map.of());
        var reports = new WorkReports(
                "w", event -> {}, new WorkMetrics(new SimpleMeterRegistry()), InstantSource.system(), Ticker.system());
        return new ShardExecutor(
                new RunSettings(Duration.ofMinutes(5), TestFleet.LEASE, 50, Duration.ofSeconds(1)),
                ShardExecutor.jitteredBackoff(),
                ShardExecutor.Context.system(mayRun, () -> false),
                reports);
    }

    @Test
    void after_a_crash_that_took_commits_the_worker_goes_on_from_the_recovered_checkpoint() throws Exception {
        Cursor cursor = claim.cursor();
        for (var i = 0; i < 4; i++) {
            cursor = fleet.ranges
                    .batch(claim, new Step.Batch(cursor, 100))
                    .orElseThrow()
                    .cursor();
        }
        server.stopImmediately();
        server.start();
        var memory = cursor;

        try (var recovered = TestFleet.openOn(fleet.url)) {
            var stored = Integer.parseInt(recovered.ask("select coalesce((cursor)[1], '0') from backfleet.shard"));
            assertThat(stored).as("the crash must have taken some commits").isLessThan(400);
            assertThat(recovered.ask("select count(*) from t where n = 1")).isEqualTo("" + stored);
            // Memory is ahead: its batch changes nothing, and reading back tells the truth.
            assertThat(recovered.ranges.batch(claim, new Step.Batch(memory, 100)))
                    .isEmpty();
            assertThat(recovered.leases.readBack(claim))
                    .isInstanceOfSatisfying(ClaimStatus.Held.class, held -> assertThat(held.cursor())
                            .isNotEqualTo(memory));
            assertThat(executor().run(claim, guarded(recovered.database))).isEqualTo(new RunOutcome.Done());
            assertEveryRowOnce(recovered);
        }
    }

    @Test
    void neither_batches_nor_their_payments_wait_for_the_disk() throws SQLException {
        fleet.run("update backfleet.job set rate_limit = 1000000");
        // On a page with others, the next reader prunes the shard's row after a batch.
        fleet.run(
                "insert into backfleet.shard (job_id, number, relation, turn, upper, state) "
                        + "select job_id, number + i, relation, turn, '{1000}', 'DONE' from backfleet.shard, generate_series(1, 60) i");
        Cursor cursor = claim.cursor();
        var flushes = 0;
        for (var i = 0; i < 40; i++) {
            var before = flushed();
            fleet.leases.reserve(claim, new Step.Reserve(20, 1));
            cursor = fleet.ranges
                    .batch(claim, new Step.Batch(cursor, 20))
                    .orElseThrow()
                    .cursor();
            fleet.leases.settle(claim, 1);
            flushes += flushed().equals(before) ? 0 : 1;
        }
        // Not none: the server's own processes write as well.
        assertThat(flushes).as("of 40 rounds").isLessThan(10);
    }

    private String flushed() throws SQLException {
        return fleet.ask("select pg_current_wal_flush_lsn()");
    }

    @Test
    void a_batch_whose_answer_never_came_is_looked_up_and_not_sent_again() throws Exception {
        try (var proxy = new SwallowingProxy(server.port());
                var database = Database.open(
                        DatabaseSettings.ofUrl(fleet.url.replace(":" + server.port(), ":" + proxy.port())),
                        new Database.Profile("w", 2, WorkerSession.statements(), Duration.ofSeconds(30)))) {
            // The proxy forwards the batch and drops the answer: it is committed, and the worker does not know.
            proxy.swallowAnswersTo("backfleet_change");
            assertThat(executor().run(claim, guarded(database))).isEqualTo(new RunOutcome.Done());
            assertThat(proxy.swallowed()).isPositive();
        }
        assertEveryRowOnce(fleet);
    }

    @Test
    void a_server_that_takes_no_writes_is_left_alone_and_connected_to_anew() throws SQLException {
        fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 100));
        var session = session();
        assertThat(fleet.database.takesWrites()).isTrue();
        readOnly(true);
        try {
            assertThat(fleet.database.takesWrites()).isFalse();
            assertThatThrownBy(() -> fleet.ranges.batch(claim, new Step.Batch(Cursor.START, 100)))
                    .isInstanceOfSatisfying(StatementFailedException.class, refused -> assertThat(refused.failure())
                            .extracting(Failure::kind, Failure::code)
                            .containsExactly(ErrorKind.ENVIRONMENT, "25006"));
            // The pause cannot be stored either; what holds the worker back is the server itself.
            assertThatThrownBy(() -> fleet.leases.pauseJob(claim, Failures.of("25006", "read-only")))
                    .isInstanceOf(StatementFailedException.class);
        } finally {
            readOnly(false);
        }
        assertThat(session())
                .as("a failover may have another server behind the name")
                .isNotEqualTo(session);
        fleet.leases.pauseJob(claim, Failures.of("25006", "read-only"));
        assertThat(fleet.ask("select state, trouble, reason from backfleet.job"))
                .isEqualTo("PAUSING 25006 paused itself: the server is read-only (25006: read-only)");
        assertThat(fleet.ask("select sum(n) from t")).isEqualTo("100");
    }

    private String session() {
        return fleet.database.jdbi().withHandle(handle -> handle.createQuery("select pg_backend_pid()")
                .mapTo(String.class)
                .one());
    }

    private void readOnly(boolean on) throws SQLException {
        fleet.run("set default_transaction_read_only = off");
        fleet.run("alter system set default_transaction_read_only = " + (on ? "on" : "off"));
        fleet.run("select pg_reload_conf()");
        await().until(() -> fleet.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("show default_transaction_read_only")
                        .mapTo(String.class)
                        .one())
                .equals(on ? "on" : "off"));
    }
}
