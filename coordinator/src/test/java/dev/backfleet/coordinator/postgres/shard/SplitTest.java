package dev.backfleet.coordinator.postgres.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A shard that is worked on is split in the middle of what is left of it. */
@Tag("server")
class SplitTest {
    private static final int MOST_SCANNED = 20_000;

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t; delete from backfleet.job");
    }

    private static long running(String cursor) throws SQLException {
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\nshard: { rows: 10000000 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now(), epoch = 7, cursor = "
                + cursor);
        return job;
    }

    private static int split(long job, int count) {
        return new PostgresSplits(db.database, MOST_SCANNED).splitRunning(job, count);
    }

    private static String shards() throws SQLException {
        return db.ask(
                "select string_agg(concat_ws(' ', state, epoch, coalesce(lower::text, '-'), coalesce(cursor::text, '-'), "
                        + "upper), ', ' order by number) from backfleet.shard");
    }

    @Test
    void the_worker_keeps_the_first_half_and_the_second_waits() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t select i from generate_series(1, 10000) i");
        assertThat(split(running("'{2000}'"), 3)).isEqualTo(1);
        assertThat(shards()).isEqualTo("RUNNING 7 - {2000} {6000}, PENDING 0 {6000} {6000} {10000}");
    }

    @Test
    void too_little_is_left_alone() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t select i from generate_series(1, 10000) i");
        assertThat(split(running("'{6500}'"), 3)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"null, 4999|5000", "'{b,5000}', 7499|7500", "'{a}', 7499|7500"})
    void composite_keys_and_all_kinds_of_checkpoints_are_split(String cursor, String middle) throws SQLException {
        db.run("create table t (a text collate \"C\", b integer, n integer, primary key (a, b))");
        db.run("insert into t select case when i < 5000 then 'a' else 'b' end, i from generate_series(0, 9999) i");
        assertThat(split(running(cursor.equals("null") ? "null" : "'" + cursor.replace("'", "") + "'"), 3))
                .isEqualTo(1);
        assertThat(db.ask("select upper[2] from backfleet.shard where state = 'RUNNING'"))
                .matches(middle);
    }

    @Test
    void a_shard_too_large_to_be_scanned_is_split_at_a_sampled_key() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t select i from generate_series(1, " + 3 * MOST_SCANNED / 2 + ") i");
        db.run("vacuum analyze t");
        assertThat(split(running("null"), 1)).isEqualTo(1);
        assertThat(Integer.parseInt(db.ask("select upper[1] from backfleet.shard where state = 'RUNNING'")))
                .isBetween(MOST_SCANNED / 2 + 1, MOST_SCANNED);
    }

    /** Names that our own statements use, names that are hard to write, and operators of two schemas in one key. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "event integer, place integer | event, place | i / 1000, i % 1000",
                "rows integer, k integer, s integer | rows, k, s | i / 1000, i % 1000, 1",
                "backfleet_1 integer, backfleet_rows integer | backfleet_1, backfleet_rows | i / 1000, i % 1000",
                "\"Id \"\"x:y\" integer, \"a?<b>\" integer | \"Id \"\"x:y\", \"a?<b>\" | i / 1000, i % 1000",
                "event integer, who extensions.citext | event, who | i / 1000, concat(case when i % 2 = 0 then 'A' else 'a' end, i)",
                "who extensions.citext, event integer | who, event | concat('U', i / 1000), i % 1000"
            })
    void a_shard_is_split_whatever_its_key_is_called_and_made_of(String columns, String key, String values)
            throws SQLException {
        db.run("create schema if not exists extensions; create extension if not exists citext schema extensions");
        for (var rows : new int[] {10_000, 11 * MOST_SCANNED / 10}) {
            db.run("create table t (" + columns + ", n integer default 0, primary key (" + key + "))");
            db.run("insert into t select " + values + " from generate_series(1, " + rows + ") i; analyze t");
            var job = running("null");
            assertThat(split(job, 1)).as("splits of %s rows", rows).isEqualTo(1);
            assertThat(db.ask("select string_agg(state, ' ' order by number) from backfleet.shard"))
                    .isEqualTo("RUNNING PENDING");
            db.run("update backfleet.shard set cursor = array(select unnest(upper)), state = 'DONE', worker = null, "
                    + "lease_until = null where state = 'RUNNING'");
            db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now(), epoch = 7 "
                    + "where state = 'PENDING'");
            assertThat(split(job, 1)).as("splits of what is left").isEqualTo(1);
            forget();
        }
    }
}
