package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The application continues while batches run, and is never the deadlock's victim. */
@Tag("server")
class LiveTrafficTest {
    private static final Step.Batch ALL = new Step.Batch(Cursor.START, 1_000);

    private final TestFleet fleet = TestFleet.open();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void rows() throws SQLException {
        fleet.run("create table t (id bigint primary key, src integer not null default 0, dst integer, "
                + "n integer not null default 0) with (fillfactor = 50)");
        fleet.run("insert into t select i from generate_series(1, 4000) i");
    }

    @AfterEach
    void close() throws SQLException {
        threads.shutdownNow();
        fleet.close();
    }

    private Claim claim(int upper, String... set) throws SQLException {
        return fleet.claim(fleet.definition("t", null, List.of("id"), set), "{" + upper + "}");
    }

    private void awaitWaitingBatch() {
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> fleet.ask("select count(*) from pg_stat_activity where datname = current_database() "
                                + "and application_name = 'backfleet-worker/w' and wait_event_type = 'Lock'")
                        .equals("1"));
    }

    @Test
    void a_batch_gives_way_to_a_row_that_another_session_holds() throws Exception {
        var claim = claim(100, "n=n + 1");
        try (var application = fleet.connect()) {
            application.setAutoCommit(false);
            TestFleet.ask(application, "select n from t where id = 50 for update");
            assertThatThrownBy(() -> fleet.ranges.batch(claim, ALL))
                    .isInstanceOfSatisfying(StatementFailedException.class, refused -> assertThat(refused.failure())
                            .extracting(Failure::kind, Failure::code)
                            .containsExactly(ErrorKind.TRANSIENT, "55P03"));
            application.commit();
        }
        assertThat(fleet.ask("select sum(n) from t")).isEqualTo("0");
        assertThat(fleet.ranges.batch(claim, ALL)).map(BatchResult::changed).hasValue(100L);
    }

    @Test
    void in_a_deadlock_it_is_the_batch_that_gives_way() throws Exception {
        // A batch waits for a twentieth of it.
        fleet.run("alter database " + fleet.ask("select current_database()") + " set deadlock_timeout = '40s'");
        var claim = claim(100, "n=n + 1");
        try (var application = fleet.connect()) {
            application.setAutoCommit(false);
            TestFleet.ask(application, "update t set src = 1 where id = 50 returning id");
            Future<Optional<BatchResult>> batch = threads.submit(() -> fleet.ranges.batch(claim, ALL));
            awaitWaitingBatch();
            // The batch holds row 1 and waits for row 50: now each waits for the other.
            assertThat(TestFleet.ask(application, "update t set src = 1 where id = 1 returning id"))
                    .isEqualTo("1");
            application.commit();
            assertThatThrownBy(batch::get).hasMessageContaining("55P03");
        }
        assertThat(fleet.ask("select sum(n), sum(src) from t")).isEqualTo("0 2");
    }

    @Test
    void it_gives_way_in_a_deadlock_too_if_the_application_waited_first() throws Exception {
        // At row 2 the batch continues when a transaction waits for it.
        fleet.run("""
                create function await_waiting() returns trigger language plpgsql as $$
                begin
                  while not exists (select from pg_locks where not granted
                                    and transactionid = pg_current_xact_id()::xid) loop
                    perform pg_sleep(0.001);
                  end loop;
                  return new;
                end $$
                """);
        fleet.run("create trigger wait before update on t for each row when (new.id = 2 and new.n > 0) "
                + "execute function await_waiting()");
        var claim = claim(100, "n=n + 1");
        try (var application = fleet.connect()) {
            application.setAutoCommit(false);
            TestFleet.ask(application, "update t set src = 1 where id = 50 returning id");
            Future<Optional<BatchResult>> batch = threads.submit(() -> fleet.ranges.batch(claim, ALL));
            await().until(() -> fleet.ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep' "
                            + "and datname = current_database()")
                    .equals("1"));
            assertThat(TestFleet.ask(application, "update t set src = 1 where id = 1 returning id"))
                    .isEqualTo("1");
            application.commit();
            assertThatThrownBy(batch::get).hasMessageContaining("55P03");
        }
        assertThat(fleet.ask("select sum(n), sum(src) from t")).isEqualTo("0 2");
    }

    @Test
    void a_batch_that_holds_rows_waits_for_others_only_a_moment() throws SQLException {
        var claim = claim(100, "dst=extract(epoch from current_setting('lock_timeout')::interval) * 1000");
        var first = fleet.ranges.batch(claim, new Step.Batch(Cursor.START, 2)).orElseThrow();
        assertThat(fleet.ranges.batch(claim, new Step.Batch(first.cursor(), 1))).isPresent();
        assertThat(fleet.ask("select array_agg(dst order by id) from t where id <= 3"))
                .isEqualTo("{50,50,200}");
        String other = fleet.database
                .jdbi()
                .withHandle(handle -> TestFleet.ask(handle.getConnection(), "select current_setting('lock_timeout')"));
        assertThat(other).as("of statements that hold no rows").isEqualTo("500ms");
    }

    @Test
    void no_acknowledged_write_is_overwritten() throws Exception {
        // The application writes both shapes. A backfill that writes back what it has read before would leave rows
        // whose new shape is older than their old one.
        var claim = claim(4_000, "dst=src", "n=n + 1");
        var around = new AtomicLong(1);
        var writers = new ArrayList<Future<Integer>>();
        for (var i = 0; i < 3; i++) {
            writers.add(threads.submit(writer(new Random(i), around)));
        }
        var cursor = claim.cursor();
        for (var done = false; !done; ) {
            var result = fleet.ranges.batch(claim, new Step.Batch(cursor, 20)).orElseThrow();
            cursor = result.cursor();
            done = result.done();
            around.set(Long.parseLong(cursor.values().get(0)));
        }
        var written = 0;
        for (var writer : writers) {
            written += writer.get();
        }
        assertThat(fleet.ask("select count(*) filter (where dst is distinct from src), count(*) filter (where n <> 1), "
                        + "sum(src) from t"))
                .isEqualTo("0 0 " + written);
        assertThat(fleet.ask("select rows_changed from backfleet.shard")).isEqualTo("4000");
    }

    /** Writes aimed at the rows that the next batch changes; how many were acknowledged. */
    private Callable<Integer> writer(Random random, AtomicLong around) {
        return () -> {
            var writes = 1_500;
            try (var application = fleet.connect();
                    var update =
                            application.prepareStatement("update t set src = src + 1, dst = src + 1 where id = ?")) {
                for (var i = 0; i < writes; i++) {
                    update.setLong(1, Math.min(4_000, around.get() + random.nextInt(40)));
                    assertThat(update.executeUpdate()).isEqualTo(1);
                }
            }
            return writes;
        };
    }

    @Test
    void rows_that_a_policy_hides_are_an_error_and_not_missed() throws SQLException {
        var claim = claim(100, "n=n + 1");
        fleet.run("create role hidden_from");
        fleet.run("grant usage on schema backfleet to hidden_from");
        fleet.run("grant select, update on all tables in schema backfleet to hidden_from");
        fleet.run("grant select, update on t to hidden_from");
        fleet.run("create policy half on t using (id > 50)");
        fleet.run("alter table t enable row level security");
        var session = new ArrayList<>(WorkerSession.statements());
        session.add("set role hidden_from");
        var profile = new Database.Profile("backfleet-worker/p", 1, session, Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), profile)) {
            var ranges = new PostgresRangeWorker(database, "w", TestFleet.LEASE);
            assertThatThrownBy(() -> ranges.batch(claim, ALL))
                    .isInstanceOfSatisfying(
                            StatementFailedException.class,
                            refused -> assertThat(refused.failure().kind()).isEqualTo(ErrorKind.ENVIRONMENT));
        } finally {
            fleet.run("drop owned by hidden_from; drop role hidden_from");
        }
        assertThat(fleet.ask("select sum(n) from t")).isEqualTo("0");
    }

    @Test
    void a_session_is_set_up_so_that_a_batch_ends_before_the_server_looks_for_deadlocks() throws SQLException {
        var database = fleet.ask("select current_database()");
        fleet.run("alter database " + database + " set deadlock_timeout = '2s'");
        fleet.run("alter database " + database + " set synchronous_commit = 'off'");
        var settings =
                "select current_setting('jit'), current_setting('enable_seqscan'), current_setting('row_security'), "
                        + "current_setting('plan_cache_mode'), current_setting('synchronous_commit'), "
                        + "current_setting('statement_timeout'), current_setting('lock_timeout'), "
                        + "current_setting('application_name'), current_setting('TimeZone')";
        String found = fleet.database.jdbi().withHandle(handle -> TestFleet.ask(handle.getConnection(), settings));
        assertThat(found).isEqualTo("off off off force_generic_plan on 1600ms 1s backfleet-worker/w UTC");
    }
}
