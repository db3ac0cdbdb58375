package dev.backfleet.worker.postgres.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys of deleted rows that vacuum cannot remove yet take time to walk over, and are taken for no slow row. */
@Tag("server")
class DeadKeysTest {
    private static final Duration PATIENT = Duration.ofMillis(100);
    private static final Duration UNHURRIED = Duration.ofSeconds(20);

    private TestFleet fleet;
    private Connection old;

    @BeforeEach
    void aTableWithManyDeadKeys() throws SQLException {
        var url = SharedServers.freshDatabase();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            // So that the time limit of a batch, 0.8 of it, is far too short for the walk.
            statement.execute("do $$ begin execute format('alter database %I set deadlock_timeout = ''120ms''', "
                    + "current_database()); end $$");
        }
        fleet = TestFleet.openOn(url);
        fleet.run("alter table backfleet.job alter row_timeout set default 0.1");
        old = fleet.connect();
    }

    @AfterEach
    void close() throws SQLException {
        old.close();
        fleet.close();
    }

    @Test
    void they_are_crossed_and_every_row_behind_them_is_changed_once() throws SQLException {
        rows("id bigint primary key", "i");
        deletedUnderAnOldSnapshot("id between 6 and 599990");
        var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{600000}");
        assertThat(ErrorOriginTest.work(claim, fleet.access())).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select count(*), sum(n), max(n), (select count(*) from backfleet.quarantine) from t"))
                .isEqualTo("15 15 1 0");
        assertThat(fleet.ask("select rows_walked, rows_changed from backfleet.shard"))
                .isEqualTo("15 15");
    }

    @Test
    void where_statistics_know_values_among_them_they_are_crossed_in_steps() throws SQLException {
        rows("id bigint primary key", "i", 20_000);
        fleet.run("analyze t");
        deletedUnderAnOldSnapshot("id between 6 and 19990");
        var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{20000}");
        var result = fleet.ranges.batch(claim, new Step.Batch(Cursor.START, 5)).orElseThrow();
        var steps = 0;
        while (result.cursor().equals(new Cursor(List.of("5"))) || result.walked() == 0) {
            // With so much time that no step ends by its limit on a busy machine: what is left would be crossed at
            // once.
            result = fleet.ranges
                    .batch(claim, new Step.Batch(result.cursor(), 1, UNHURRIED))
                    .orElseThrow();
            steps += result.walked() == 0 ? 1 : 0;
        }
        // A hundred values, unless the last one before the rows behind is one of these.
        assertThat(steps).isBetween(95, 102);
        assertThat(result.cursor()).isEqualTo(new Cursor(List.of("19991")));
        assertThat(fleet.ask("select rows_walked, rows_changed from backfleet.shard"))
                .isEqualTo("6 6");
        assertThat(fleet.ask("select string_agg(id::text, ' ' order by id) from t where n = 1"))
                .isEqualTo("1 2 3 4 5 19991");
    }

    @Test
    void a_row_between_the_checkpoint_and_a_value_of_the_statistics_is_not_passed_over() throws SQLException {
        rows("id bigint primary key", "i", 20_000);
        fleet.run("analyze t");
        fleet.run("delete from t where id not in (3, 4, 10050)");
        var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{20000}");
        var cursor = Cursor.START;
        BatchResult result;
        do {
            result = patient(claim, cursor);
            cursor = result.cursor();
        } while (!result.done());
        assertThat(fleet.ask("select count(*), min(n), max(n) from t")).isEqualTo("3 1 1");
        assertThat(fleet.ask("select cursor, rows_walked, state from backfleet.shard"))
                .isEqualTo("{20000} 3 DONE");
    }

    @Tag("long")
    @Test
    void tenants_are_crossed_in_steps_too_and_a_shard_that_ends_with_one_ends() throws SQLException {
        rows("tenant text collate \"C\", id bigint, primary key (tenant, id)", "'T' || i / 100, i", 60_000);
        fleet.run("analyze t");
        fleet.run("delete from t where tenant not in ('T1', 'T42', 'T599') or id % 50 > 0");
        var definition = tenantLed(fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1"));
        var claim = fleet.claim(definition, "{T599}");
        var cursor = Cursor.START;
        BatchResult result;
        var tenants = 0;
        do {
            result = patient(claim, cursor);
            cursor = result.cursor();
            tenants += cursor.values().size() == 1 ? 1 : 0;
        } while (!result.done());
        assertThat(tenants).isGreaterThan(50);
        assertThat(fleet.ask("select count(*), min(n), max(n) from t")).isEqualTo("6 1 1");
        assertThat(fleet.ask("select cursor, rows_walked, state from backfleet.shard"))
                .isEqualTo("{T599} 6 DONE");
    }

    @Tag("long")
    @Test
    void a_shard_does_not_walk_over_those_behind_its_end() throws SQLException {
        rows("id bigint, other int default 1, primary key (id, other)", "i, 1");
        deletedUnderAnOldSnapshot("id between 6 and 599990");
        var claim = fleet.claim(fleet.definition("t", null, List.of("id", "other"), "n=n + 1"), "{6,1}");
        // In the time that every batch has: it would not do for the keys behind.
        var result =
                fleet.ranges.batch(claim, new Step.Batch(Cursor.START, 100)).orElseThrow();
        assertThat(result.done()).isTrue();
        assertThat(result.changed()).isEqualTo(5);
    }

    @Test
    void a_row_that_was_found_is_changed_under_the_fence_only() throws SQLException {
        rows("id bigint primary key", "i", 10);
        var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{10}");
        assertThat(patient(claim, Cursor.START).cursor()).isEqualTo(new Cursor(List.of("1")));
        // Another checkpoint than the stored one; a shard that was split; a claim that is void; another table.
        assertThat(fleet.ranges.batch(claim, batch(Cursor.START))).isEmpty();
        fleet.run("update backfleet.shard set cursor = '{4}', upper = '{5}'");
        assertThat(patient(claim, new Cursor(List.of("4"))).done()).isTrue();
        fleet.run("update backfleet.shard set cursor = '{5}', upper = '{10}', state = 'RUNNING', worker = 'w', "
                + "lease_until = now()");
        fleet.run("delete from t where id = 6; update backfleet.shard set epoch = epoch + 1");
        assertThat(fleet.ranges.batch(claim, batch(new Cursor(List.of("5"))))).isEmpty();
        fleet.run("update backfleet.shard set epoch = epoch - 1; alter table t rename to u; create table t (like u)");
        assertThat(fleet.ranges.batch(claim, batch(new Cursor(List.of("5"))))).isEmpty();
        assertThat(fleet.ask("select string_agg(id::text, ' ' order by id) from u where n = 1"))
                .isEqualTo("1 5");
    }

    @Test
    void where_even_most_of_a_lease_is_not_enough_the_status_says_so_and_no_row_is_blamed() throws SQLException {
        rows("id bigint primary key", "i");
        deletedUnderAnOldSnapshot("id between 6 and 599990");
        var claim = fleet.claim(fleet.definition("t", null, List.of("id"), "n=n + 1"), "{600000}");
        fleet.ranges.batch(claim, new Step.Batch(Cursor.START, 5));
        var impatient = new PostgresRangeWorker(fleet.database, "w", Duration.ofMillis(20));
        assertThatThrownBy(() -> impatient.batch(claim, batch(new Cursor(List.of("5")))))
                .isInstanceOfSatisfying(
                        StatementFailedException.class,
                        refused -> assertThat(refused.failure().kind()).isEqualTo(ErrorKind.TRANSIENT));
        assertThat(fleet.ask("select topic, note from backfleet.job_note"))
                .startsWith("walk of shard 1 shard 1 has not advanced since ")
                .contains(
                        "within 16ms",
                        "deleted rows of \"public\".\"t\"",
                        "server process " + pid(),
                        "end that, then VACUUM the table");
        assertThat(fleet.ask("select count(*) from backfleet.quarantine")).isEqualTo("0");
    }

    private BatchResult patient(Claim claim, Cursor cursor) {
        return fleet.ranges.batch(claim, batch(cursor)).orElseThrow();
    }

    private static Step.Batch batch(Cursor cursor) {
        return new Step.Batch(cursor, 1, PATIENT);
    }

    private void rows(String columns, String values) throws SQLException {
        rows(columns, values, 600_000);
    }

    private void rows(String columns, String values, int rows) throws SQLException {
        fleet.run("create table t (" + columns + ", n integer not null default 0) with (autovacuum_enabled = off)");
        fleet.run("insert into t select " + values + " from generate_series(1, " + rows + ") i");
    }

    private void deletedUnderAnOldSnapshot(String which) throws SQLException {
        old.setAutoCommit(false);
        try (var statement = old.createStatement()) {
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("select count(*) from t");
        }
        fleet.run("delete from t where " + which);
    }

    private String pid() throws SQLException {
        try (var statement = old.createStatement();
                var rows = statement.executeQuery("select pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    static JobDefinition tenantLed(JobDefinition job) {
        return new JobDefinition(
                job.table(), job.key(), true, job.work(), job.shardRows(), job.batchDuration(), job.batchMaxRows());
    }
}
