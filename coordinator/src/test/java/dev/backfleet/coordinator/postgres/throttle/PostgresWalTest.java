package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.WalRateLimiter;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the fleet writes and changes, as a real server counts it. */
@Tag("server")
class PostgresWalTest {
    private static final int COUNTS_BY_SESSION = 18;
    private static final int ENOUGH = 1 << 20;

    private final TestDatabase db = TestDatabase.open();
    private final PostgresWal wal = new PostgresWal(db.database);

    @BeforeEach
    void aTable() throws SQLException {
        db.run("create table t (text text)");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private Database session(String name) {
        return Database.open(
                DatabaseSettings.ofUrl(db.url), new Database.Profile(name, 1, List.of(), Duration.ofSeconds(30)));
    }

    private long bytes() {
        return wal.read().bytes().values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void what_workers_write_is_counted_and_what_the_application_writes_is_not() {
        assumeTrue(
                SharedServers.postgres().majorVersion() >= COUNTS_BY_SESSION, "the server counts its WAL as a whole");
        try (var worker = session("backfleet-worker/w");
                var application = session("application")) {
            write(application);
            write(worker);
            // Each session publishes its own count when it is idle, and not more often than once a second.
            await().untilAsserted(() -> {
                worker.jdbi().useHandle(handle -> handle.execute("select 1"));
                application.jdbi().useHandle(handle -> handle.execute("select 1"));
                assertThat(bytes()).isBetween((long) ENOUGH, 2L * ENOUGH);
            });
        }
    }

    private static void write(Database database) {
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into t select repeat('x', 1000) from generate_series(1, " + ENOUGH / 1_000 + ")"));
    }

    @Test
    void rows_are_what_the_checkpoints_count_of_each_job_that_is_not_over() throws SQLException {
        var job = db.job("RUNNING", 2);
        db.job("SUCCEEDED", 1);
        db.run("update backfleet.shard set epoch = 1, rows_walked = 20, rows_changed = 10 where job_id = " + job);
        assertThat(wal.read().rows()).containsOnlyKeys(job).containsEntry(job, 20L);
    }

    @Test
    void running_jobs_with_such_a_limit_get_the_rows_per_second_that_follow() throws SQLException {
        var job = db.job("RUNNING", 1);
        db.job("RUNNING", 1);
        db.run("update backfleet.job set wal_limit = 20480, wal_rows = 1 where id = " + job);
        assertThat(wal.limits()).containsOnlyKeys(job).containsEntry(job, 20_480L);
        new WalRateLimiter(wal, EachJob.failingFast(WalRateLimiter.WHAT)).runOnce();
        assertThat(db.ask("select backfleet.rate_of(j) from backfleet.job j where id = " + job))
                .isEqualTo("20");
        wal.store(job, 25.5);
        assertThat(db.ask("select backfleet.rate_of(j) from backfleet.job j where id = " + job))
                .isEqualTo("25.5");
        db.run("update backfleet.job set state = 'PAUSED' where id = " + job);
        assertThat(wal.limits()).isEmpty();
    }
}
