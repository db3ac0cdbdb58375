package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that does its worst to a fleet that changes the same rows: it is the fleet that gives way. */
class NeverTheVictimTest {
    private static final int ROWS = 60_000;
    private static final int SESSIONS = 8;
    /** How long the application attacks: a minute with {@code -Dbackfleet.proof=full}. */
    private static final Duration ATTACK =
            "full".equals(System.getProperty("backfleet.proof")) ? Duration.ofMinutes(1) : Duration.ofSeconds(10);

    private static LocalStack stack;
    private static Table table;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws Exception {
        stack = LocalStack.open(StackOptions.fast());
        stack.addCoordinator();
        stack.startWorker();
        stack.startWorker();
        stack.awaitReady();
        table = new Table(stack.jdbcUrl());
        table.fill(ROWS);
        table.run("alter table packages add src integer not null default 0");
    }

    @AfterAll
    static void stop() throws SQLException {
        try {
            table.close();
        } finally {
            stack.close();
        }
    }

    @BeforeEach
    void unchanged() throws SQLException {
        table.run("update packages set n = 0, src = 0 where n <> 0 or src <> 0");
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws SQLException {
        threads.shutdownNow();
        for (var name :
                table.texts("select name from backfleet.job where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')")) {
            commands().run("cancel", name);
        }
    }

    @Test
    void no_session_that_changes_the_same_rows_in_the_order_against_ends_in_a_deadlock_or_waits_too_long()
            throws Exception {
        var application = new ArrayList<Future<Attacker.Outcome>>();
        var end = System.nanoTime() + ATTACK.toNanos();
        for (var i = 0; i < SESSIONS; i++) {
            application.add(threads.submit(new Attacker(stack.jdbcUrl(), ROWS, new Random(i), end)));
        }
        var jobs = 0;
        do {
            commands()
                    .awaitState(
                            table,
                            commands().submit("again-" + ++jobs, "set: { n: n + 1 }\nconcurrency: 4"),
                            "SUCCEEDED");
        } while (System.nanoTime() < end);

        var transactions = 0L;
        var writes = 0L;
        for (var session : application) {
            var outcome = session.get();
            assertThat(outcome.errors()).as("SQLSTATEs of the application").isEmpty();
            transactions += outcome.transactions();
            writes += outcome.writes();
        }
        assertThat(table.number("select count(*) from packages where n <> " + jobs))
                .as("rows that are not changed once by each of %d jobs", jobs)
                .isZero();
        assertThat(table.number("select sum(src) from packages"))
                .as("writes of the application in %d transactions", transactions)
                .isEqualTo(writes);
        // Without any, the attack was none.
        assertThat(said("code=55P03")).as("batches that gave way").isPositive();
    }

    @Test
    void a_shard_whose_rows_are_held_rests_for_a_while_and_another_goes_on_in_its_slot() throws Exception {
        long job;
        try (var application = DriverManager.getConnection(stack.jdbcUrl())) {
            application.setAutoCommit(false);
            application.createStatement().execute("update packages set src = src + 1 where id = 1");
            job = commands().submit("held", "set: { n: n + 1 }\nconcurrency: 1");
            awaitTrue(
                    () -> table.number("select count(*) from backfleet.shard where state <> 'DONE' and job_id = " + job)
                            == 1);
            assertThat(said("why=STUCK"))
                    .as("times that the shard was put back")
                    .isPositive();
            assertThat(table.number("select count(*) from packages where n = 0"))
                    .as("rows that wait")
                    .isPositive();
            application.commit();
        }
        commands().awaitState(table, job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    @Test
    void an_alter_table_gets_through_within_a_second_and_nobody_waits_longer_behind_it() throws Exception {
        // Batches take as long as they may; there is always one that an ALTER TABLE has to wait for.
        var job = commands()
                .submit(
                        "altered",
                        "set: { n: \"n + 1 + case when id % 4 = 0 then (pg_sleep(0.001) is null)::int else 0 end\" }\nconcurrency: 4");
        var over = new AtomicBoolean();
        var reads = threads.submit(reader(over));
        try (var application = DriverManager.getConnection(stack.jdbcUrl())) {
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
        commands().awaitState(table, job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    /** Reads row by row, none of which may take longer than a second; how many it has read. */
    private static Callable<Integer> reader(AtomicBoolean over) {
        return () -> {
            var random = new Random(1);
            var reads = 0;
            try (var application = DriverManager.getConnection(stack.jdbcUrl());
                    var statement = application.createStatement()) {
                statement.execute("set statement_timeout = '1s'");
                for (; !over.get(); reads++) {
                    statement.execute("select n from packages where id = " + (1 + random.nextInt(ROWS)));
                }
            }
            return reads;
        };
    }

    private CommandLine commands() {
        return new CommandLine(stack, folder);
    }

    private static void awaitBatches(long job, int more) throws SQLException {
        var batches = "select coalesce(sum(batches), 0) from backfleet.shard where job_id = " + job;
        var enough = table.number(batches) + more;
        awaitTrue(() -> table.number(batches) >= enough);
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(CommandLine.PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    /** How many lines of the workers' logs have it. */
    private static long said(String words) throws IOException {
        var count = 0L;
        for (var worker : stack.workers()) {
            try (var lines = Files.lines(worker.log())) {
                count += lines.filter(line -> line.contains(words)).count();
            }
        }
        return count;
    }
}
