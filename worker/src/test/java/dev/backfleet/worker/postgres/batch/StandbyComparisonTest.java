package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedColumn.Equality;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.StandbyRangeWorker;
import dev.backfleet.worker.postgres.Standbys;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A comparison reads the rows of a standby, and stores what is wrong on the primary, with the checkpoint. */
@Tag("server")
class StandbyComparisonTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static final String COUNTS = """
            select coalesce(string_agg(tenant || ' ' || finding || ' ' || rows, ', ' order by tenant, finding), 'nothing')
            from backfleet.reconcile_tenant
            """;

    private static PostgresServer primary;
    private static PostgresServer standby;
    private static TestFleet fleet;
    private static Standbys standbys;
    private static StandbyRangeWorker ranges;
    private static Connection onStandby;

    @BeforeAll
    static void open() throws SQLException {
        // The time limits of batches follow from it: a batch that a test holds up must not end by itself.
        primary = PostgresServer.open(PostgresOptions.fast().with("deadlock_timeout", "60s"));
        fleet = TestFleet.openOn(primary.jdbcUrl("postgres"));
        standby = PostgresServer.standbyOf(primary, PostgresOptions.fast().with("max_standby_streaming_delay", "0"));
        onStandby = DriverManager.getConnection(standby.jdbcUrl("postgres"));
        var profile = new Database.Profile("backfleet-worker/w", 1, WorkerSession.statements(), LONG);
        standbys = new Standbys(DatabaseSettings.ofUrl(fleet.url), profile);
        ranges = new StandbyRangeWorker(fleet.ranges, fleet.database, standbys, TestFleet.LEASE);
    }

    @AfterAll
    static void close() throws SQLException {
        standbys.close();
        onStandby.close();
        fleet.close();
        standby.close();
        primary.close();
    }

    @AfterEach
    void forget() throws SQLException {
        replay(true);
        fleet.run("drop table if exists t cascade; delete from backfleet.job");
    }

    private static void replay(boolean on) {
        onStandby(on ? "select true from pg_wal_replay_resume()" : "select true from pg_wal_replay_pause()");
    }

    // Replay waits for no query: each is ended by what it meets, whatever that is.
    private static void onStandby(String question) {
        await().atMost(LONG)
                .ignoreExceptionsMatching(e -> e instanceof SQLException ended
                        && SqlStateCodes.SERIALIZATION_FAILURE.equals(ended.getSQLState()))
                .until(() -> TestFleet.ask(onStandby, question).equals("t"));
    }

    /** A hundred rows, of which 7, 42 and 77 are wrong, and a claim on all of them. */
    private static Claim claim(@Nullable String different, @Nullable String url) throws SQLException {
        rows();
        return fleet.claim(definition(different, url), "{100}");
    }

    private static void rows() throws SQLException {
        fleet.run("create table t (id bigint primary key, tenant integer not null, full_name text, first_name text)");
        fleet.run("insert into t select i, i % 10, 'Ann ' || i, 'Ann' from generate_series(1, 100) i");
        fleet.run("update t set first_name = null where id = 7; update t set first_name = 'Bob' where id in (42, 77)");
    }

    private static JobDefinition definition(@Nullable String different, @Nullable String url) throws SQLException {
        var like = fleet.definition("t", null, List.of("id"));
        var column = new ComparedColumn(
                "first_name", 4, "split_part(full_name, ' ', 1)", "text", Equality.BYTES_OF_TEXT, null);
        var work = new CompareRows(
                0, List.of(column), different == null, null, List.of(), different, "tenant", 1L, 2L, url, null, null);
        return like.working(work);
    }

    private static String url() {
        return standby.jdbcUrl("postgres");
    }

    private static void awaitReplay() throws SQLException {
        onStandby("select pg_last_wal_replay_lsn() >= '" + fleet.ask("select pg_current_wal_insert_lsn()") + "'");
    }

    private static String finish(Claim claim, int size) throws SQLException {
        var cursor = claim.cursor();
        BatchResult result;
        long walked = 0;
        do {
            result = ranges.batch(claim, new Step.Batch(cursor, size)).orElseThrow();
            cursor = result.cursor();
            walked += result.walked();
        } while (!result.done());
        assertThat(walked).isEqualTo(100);
        assertThat(fleet.ask("select state, rows_walked, rows_changed from backfleet.shard"))
                .isEqualTo("DONE 100 100");
        return fleet.ask(COUNTS);
    }

    private static Failure failure(Claim claim) throws SQLException {
        return failure(ranges, claim);
    }

    private static Failure failure(StandbyRangeWorker reading, Claim claim) throws SQLException {
        var thrown = catchThrowableOfType(
                StatementFailedException.class, () -> reading.batch(claim, new Step.Batch(claim.cursor(), 10)));
        assertThat(thrown).isNotNull();
        assertThat(fleet.ask("select batches from backfleet.shard")).isEqualTo("0");
        return thrown.failure();
    }

    @Test
    void rows_are_read_on_the_standby_and_each_wrong_one_is_counted_once() throws SQLException {
        var claim = claim(null, url());
        awaitReplay();
        replay(false);
        // The primary has no wrong row any more.
        fleet.run("update t set first_name = 'Ann'");
        assertThat(finish(claim, 9)).isEqualTo("2 DIFFERENT 1, 7 DIFFERENT 1, 7 MISSING 1");
        assertThat(fleet.ask("select string_agg(key[1] || ' ' || finding || ' ' || written, ', ' order by key[1]::int) "
                        + "from backfleet.reconcile_row where relation = 't'::regclass"))
                .isEqualTo("7 MISSING SINCE, 42 DIFFERENT SINCE, 77 DIFFERENT SINCE");
    }

    @Test
    void rows_that_hold_more_in_the_new_shape_are_counted_apart() throws SQLException {
        rows();
        var of = definition(null, url());
        var compare = of.compareRows();
        var down = new ComparedColumn("full_name", 3, "upper(first_name)", "text", Equality.BYTES_OF_TEXT, null);
        // Of 42, which is different, the old column follows from the new one now; of 77 it does not.
        fleet.run("update t set full_name = 'BOB' where id = 42");
        var claim = fleet.claim(
                of.working(new CompareRows(
                        0,
                        compare.compared(),
                        true,
                        null,
                        List.of(),
                        null,
                        "tenant",
                        1L,
                        2L,
                        url(),
                        null,
                        List.of(down))),
                "{100}");
        awaitReplay();
        replay(false);
        fleet.run("update t set first_name = 'Ann'");
        assertThat(finish(claim, 30)).isEqualTo("7 DIFFERENT 1, 7 MISSING 1");
        assertThat(fleet.ask("select tenant || ' ' || rows from backfleet.reconcile_new_only"))
                .isEqualTo("2 1");
    }

    @Test
    void a_standby_that_has_not_replayed_the_submission_is_not_read() throws SQLException {
        rows();
        awaitReplay();
        replay(false);
        var claim = fleet.claim(definition(null, url()), "{100}");
        assertThat(failure(claim).message()).contains("it has not replayed the submission");
        replay(true);
        awaitReplay();
        assertThat(finish(claim, 50)).isEqualTo("2 DIFFERENT 1, 7 DIFFERENT 1, 7 MISSING 1");
    }

    @Test
    void a_table_that_a_standby_does_not_have_yet_is_waited_for_and_halts_nothing() throws SQLException {
        awaitReplay();
        replay(false);
        var claim = claim(null, url());
        assertThat(failure(claim)).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSIENT);
            assertThat(failure.message()).startsWith("it has not replayed the submission");
            assertThat(failure.standby()).isEqualTo(place());
        });
        replay(true);
        awaitReplay();
        assertThat(finish(claim, 50)).isEqualTo("2 DIFFERENT 1, 7 DIFFERENT 1, 7 MISSING 1");
    }

    @Test
    void a_server_that_accepts_writes_is_no_standby_and_one_that_is_away_is_not_the_database() throws SQLException {
        var claim = claim(null, fleet.url);
        assertThat(failure(claim)).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSIENT);
            assertThat(failure.message()).contains("it accepts writes");
        });
        fleet.run("delete from backfleet.job; drop table t");
        var away = claim(null, "jdbc:postgresql://127.0.0.1:1/postgres");
        assertThat(failure(away).kind()).isEqualTo(ErrorKind.TRANSIENT);
    }

    @Test
    void a_user_whom_the_standby_rejects_or_who_may_not_read_there_is_waited_for() throws SQLException {
        var claim = claim(null, url().replaceFirst("[?]user=.*", ""));
        var profile = new Database.Profile("backfleet-worker/late", 1, WorkerSession.statements(), LONG);
        var settings = DatabaseSettings.ofUrl(fleet.url.replaceFirst("user=.*", "user=late"));
        try (var late = new Standbys(settings, profile)) {
            var reading = new StandbyRangeWorker(fleet.ranges, fleet.database, late, TestFleet.LEASE);
            assertWaits(reading, claim, "28000", "role \"late\" does not exist");
            fleet.run("create role late login");
            awaitReplay();
            assertWaits(reading, claim, "42501", "permission denied for schema backfleet");
            fleet.run(
                    "grant usage on schema backfleet to late; grant select on all tables in schema backfleet to late; "
                            + "grant select on t to late");
            awaitReplay();
            assertThat(reading.batch(claim, new Step.Batch(claim.cursor(), 100)))
                    .hasValueSatisfying(result -> assertThat(result.done()).isTrue());
            assertThat(fleet.ask(COUNTS)).isEqualTo("2 DIFFERENT 1, 7 DIFFERENT 1, 7 MISSING 1");
        }
        fleet.run("drop owned by late; drop role late");
    }

    private static void assertWaits(StandbyRangeWorker reading, Claim claim, String code, String message)
            throws SQLException {
        var failure = failure(reading, claim);
        assertThat(failure).isEqualTo(new Failure(ErrorKind.TRANSIENT, code, failure.message(), place()));
        assertThat(failure.message()).contains(message);
        fleet.leases.putBack(claim, Duration.ZERO, failure);
        assertThat(fleet.ask("select topic || ': ' || note from backfleet.job_note"))
                .startsWith("standby: " + place() + " (worker w, at ")
                .endsWith("): " + code + ": " + failure.message());
        // As if the same worker had claimed it again at once.
        fleet.run(
                "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() + interval '1 hour', not_before = null");
    }

    private static String place() {
        return "127.0.0.1:" + standby.port() + "/postgres";
    }

    @Test
    void a_conflict_with_the_replay_is_transient_and_nothing_is_stored() throws Exception {
        var claim = claim("(select true from pg_sleep(60))", url());
        awaitReplay();
        var batch = started(claim);
        awaitOnStandby("select count(*) from pg_stat_activity where state = 'active' and wait_event = 'PgSleep'");
        fleet.run("delete from t where id > 50");
        fleet.run("vacuum t");
        assertThat(batch)
                .failsWithin(LONG)
                .withThrowableThat()
                .withCauseInstanceOf(StatementFailedException.class)
                .satisfies(thrown -> {
                    var failure = ((StatementFailedException) Objects.requireNonNull(thrown.getCause())).failure();
                    assertThat(failure.code()).isEqualTo("40001");
                    assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSIENT);
                });
        assertThat(fleet.ask("select batches from backfleet.shard")).isEqualTo("0");
    }

    @Test
    void what_was_read_of_a_shard_that_was_split_meanwhile_is_not_stored() throws Exception {
        var claim = claim(null, url());
        awaitReplay();
        CompletableFuture<Optional<BatchResult>> held;
        try (var application = fleet.connect();
                var statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("lock table t in access exclusive mode");
            // The lock is replayed when its record is flushed.
            fleet.run("update backfleet.job set priority = priority");
            awaitOnStandby("select count(*) from pg_locks where relation = 't'::regclass and granted");
            held = started(claim);
            awaitOnStandby("select count(*) from pg_locks where relation = 't'::regclass and not granted");
            fleet.run("update backfleet.shard set upper = '{50}'");
            application.rollback();
        }
        assertThat(held).succeedsWithin(LONG).isEqualTo(Optional.empty());
        assertThat(fleet.ask(COUNTS)).isEqualTo("nothing");
    }

    private static void awaitOnStandby(String one) {
        await().atMost(LONG).until(() -> TestFleet.ask(onStandby, one).equals("1"));
    }

    private static CompletableFuture<Optional<BatchResult>> started(Claim claim) {
        return CompletableFuture.supplyAsync(() -> ranges.batch(claim, new Step.Batch(claim.cursor(), 100)));
    }
}
