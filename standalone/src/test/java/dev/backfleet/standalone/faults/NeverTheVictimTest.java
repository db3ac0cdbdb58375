package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application that does its worst to a fleet that changes the same rows: it is the fleet that gives way. */
@Tag("staged")
class NeverTheVictimTest {
    private static final int ROWS = SharedStage.ROWS;
    private static final boolean FULL = "full".equals(System.getProperty("backfleet.proof"));
    /** More than a machine has processors only take its time from each other. */
    private static final int SESSIONS = FULL ? 8 : 3;
    /** How long the application attacks: a minute with {@code -Dbackfleet.proof=full}. */
    private static final Duration ATTACK = FULL ? Duration.ofMinutes(1) : Duration.ofSeconds(3);
    /** How many rows, from the first one on, are attacked while jobs change them. */
    private static final int ATTACKED = FULL ? ROWS : 10_000;

    private static final Duration LONGEST_ATTACK = ATTACK.multipliedBy(6);

    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private final AtomicBoolean attackIsOver = new AtomicBoolean();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Stage stage;
    private Table table;
    private String url;

    @BeforeEach
    void fullStrength() throws Exception {
        stage = SHARED.ready();
        table = stage.table();
        url = stage.stack().jdbcUrl();
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws SQLException {
        attackIsOver.set(true);
        threads.shutdownNow();
        stage.calm();
    }

    @Test
    void no_session_that_changes_the_same_rows_in_the_order_against_ends_in_a_deadlock_or_waits_too_long()
            throws Exception {
        var gaveWay = stage.said("code=55P03");
        var application = new ArrayList<Future<Attacker.Outcome>>();
        var begin = System.nanoTime();
        for (var i = 0; i < SESSIONS; i++) {
            application.add(threads.submit(new Attacker(url, ATTACKED, new Random(i), attackIsOver::get)));
        }
        var jobs = 0;
        do {
            stage.awaitState(submit("again-" + ++jobs, "n + 1", 4, ATTACKED), "SUCCEEDED");
            // On a busy machine a batch may run into its statement timeout before its lock timeout: the attack goes on.
        } while (System.nanoTime() - begin < ATTACK.toNanos()
                || (stage.said("code=55P03") == gaveWay && System.nanoTime() - begin < LONGEST_ATTACK.toNanos()));
        attackIsOver.set(true);

        var transactions = 0L;
        var writes = 0L;
        for (var session : application) {
            var outcome = session.get();
            assertThat(outcome.errors()).as("SQLSTATEs of the application").isEmpty();
            transactions += outcome.transactions();
            writes += outcome.writes();
        }
        assertThat(table.number("select count(*) from packages where n <> case when id <= " + ATTACKED + " then " + jobs
                        + " else 0 end"))
                .as("rows that are not changed once by each of %d jobs", jobs)
                .isZero();
        assertThat(table.number("select sum(src) from packages"))
                .as("writes of the application in %d transactions", transactions)
                .isEqualTo(writes);
        // Without any, the attack was none.
        assertThat(stage.said("code=55P03")).as("batches that gave way").isGreaterThan(gaveWay);
    }

    @Test
    void a_shard_whose_rows_are_locked_is_released_and_its_slot_takes_another() throws Exception {
        long job;
        try (var application = DriverManager.getConnection(url)) {
            application.setAutoCommit(false);
            application.createStatement().execute("update packages set src = src + 1 where id = 1");
            job = submit("held", "n + 1", 1, ROWS);
            Stage.awaitTrue(
                    () -> table.number("select count(*) from backfleet.shard where state <> 'DONE' and job_id = " + job)
                            == 1);
            assertThat(stage.said("it did not advance"))
                    .as("times that the shard was put back")
                    .isPositive();
            assertThat(table.number("select count(*) from packages where n = 0"))
                    .as("rows that wait")
                    .isPositive();
            application.commit();
        }
        stage.awaitEveryRowOnce(job);
    }

    @Tag("long")
    @Test
    void an_alter_table_gets_its_lock_within_a_second_and_no_session_waits_longer_behind_it() throws Exception {
        // Batches take as long as they may; there is always one that an ALTER TABLE has to wait for.
        var job = submit(
                "altered", "n + 1 + case when id % 8 = 0 then (pg_sleep(0.001) is null)::int else 0 end", 4, ROWS);
        var over = new AtomicBoolean();
        var reads = threads.submit(reader(over));
        try (var application = DriverManager.getConnection(url)) {
            for (var i = 1; i <= 5; i++) {
                awaitBatches(job, 8);
                try (var statement = application.createStatement()) {
                    statement.execute("set lock_timeout = '1s'");
                    statement.execute("alter table packages add column later_" + i + " integer");
                }
            }
        }
        assertThat(table.texts("select state from backfleet.job where id = " + job))
                .containsExactly("RUNNING");
        over.set(true);
        assertThat(reads.get()).isPositive();
        stage.awaitEveryRowOnce(job);
    }

    /** Reads row by row, none of which may take longer than a second; how many it has read. */
    private Callable<Integer> reader(AtomicBoolean over) {
        return () -> {
            var random = new Random(1);
            var reads = 0;
            try (var application = DriverManager.getConnection(url);
                    var statement = application.createStatement()) {
                statement.execute("set statement_timeout = '1s'");
                for (; !over.get(); reads++) {
                    statement.execute("select n from packages where id = " + (1 + random.nextInt(ROWS)));
                }
            }
            return reads;
        };
    }

    private void awaitBatches(long job, int more) throws SQLException {
        var batches = "select coalesce(sum(batches), 0) from backfleet.shard where job_id = " + job;
        var enough = table.number(batches) + more;
        Stage.awaitTrue(() -> table.number(batches) >= enough);
    }

    /** A job that is never throttled, however busy the machine. */
    private long submit(String name, String expression, int concurrency, int rows) throws IOException {
        return stage.submit(name, """
                set: { n: "%s" }
                where: id <= %d
                shard: { rows: 4000 }
                concurrency: %d
                throttle: none
                """.formatted(expression, rows, concurrency));
    }
}
