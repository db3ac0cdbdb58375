package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trigger changes in a worker's session ends with the batch: no key is written in another form, no other job meets it. */
@Tag("server")
class CleanSessionsTest {
    private static final int ROWS = 200;
    private static final int SIZE = 40;

    private static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run("drop table if exists t cascade; drop function if exists f() cascade; delete from backfleet.job");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "after"})
    void every_row_is_changed_once_though_a_trigger_changes_how_keys_are_written(String when) throws SQLException {
        fleet.run("create table t (k float8 primary key, n int not null default 0)");
        fleet.run("insert into t select 1 + i * 1e-14 from generate_series(1, " + ROWS + ") i");
        trigger(when, "perform set_config('extra_float_digits', '-15', false)");

        toTheEnd(claim("k", fleet.ask("select array[max(k)] from t")));

        assertThat(fleet.ask("select count(*), min(n), max(n) from t")).isEqualTo(ROWS + " 1 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "session_replication_role | set_config('session_replication_role', 'replica', false)",
                "default_transaction_read_only | set_config('default_transaction_read_only', 'on', false)",
                "search_path | set_config('search_path', 'pg_catalog', false)",
                "statement_timeout | set_config('statement_timeout', '1', false)",
                "lock_timeout | set_config('lock_timeout', '1', false)",
                "role | set_config('role', 'pg_monitor', false)",
                "DateStyle | set_config('DateStyle', 'ISO, DMY', false)",
            })
    void the_session_has_its_settings_after_the_batch(String setting, String change) throws SQLException {
        table();
        trigger("before", "perform " + change);
        var before = session(setting);

        toTheEnd(claim("k", "{" + ROWS + "}"));

        assertThat(session(setting)).isEqualTo(before);
        assertThat(fleet.ask("select count(*), min(n), max(n) from t")).isEqualTo(ROWS + " 1 1");
    }

    @Test
    void a_session_in_which_everything_was_reset_is_used_no_more() throws SQLException {
        table();
        trigger("after", "reset all");
        var before = session("statement_timeout");

        toTheEnd(claim("k", "{" + ROWS + "}"));

        assertThat(session("statement_timeout")).isEqualTo(before);
        assertThat(fleet.ask("select count(*), min(n), max(n) from t")).isEqualTo(ROWS + " 1 1");
    }

    @Test
    void an_advisory_lock_that_a_trigger_leaves_behind_is_freed() throws SQLException {
        table();
        trigger("after", "perform pg_advisory_lock(4711)");

        toTheEnd(claim("k", "{" + ROWS + "}"));

        assertThat(fleet.ask("select pg_try_advisory_lock(4711)")).isEqualTo("t");
        fleet.run("select pg_advisory_unlock(4711)");
    }

    private static void table() throws SQLException {
        fleet.run("create table t (k int primary key, n int not null default 0)");
        fleet.run("insert into t select i from generate_series(1, " + ROWS + ") i");
    }

    private static void trigger(String when, String statement) throws SQLException {
        fleet.run("create function f() returns trigger language plpgsql as $$ begin " + statement
                + "; return new; end $$; create trigger x " + when + " update on t for each row execute function f()");
    }

    private static Claim claim(String key, String upper) throws SQLException {
        return fleet.claim(fleet.definition("t", null, List.of(key), "n=n + 1"), upper);
    }

    // With a wrong cursor it could run for ever.
    private static void toTheEnd(Claim claim) {
        Cursor cursor = claim.cursor();
        for (var batch = 0; batch < 3 * ROWS / SIZE; batch++) {
            var result = fleet.ranges.batch(claim, new Step.Batch(cursor, SIZE)).orElseThrow();
            cursor = result.cursor();
            if (result.done()) {
                return;
            }
        }
        throw new AssertionError("the shard does not end");
    }

    // A thread gets the connection again that it has just given back.
    private static String session(String setting) {
        return fleet.database.jdbi().withHandle(handle -> handle.createQuery("select current_setting(:name)")
                .bind("name", setting)
                .mapTo(String.class)
                .one());
    }
}
