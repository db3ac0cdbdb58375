package dev.backfleet.coordinator.postgres.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.duty.Windows;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job with a time window stops and starts by itself: what the coordinator does for it, on a real PostgreSQL. */
@Tag("server")
class WindowTest {
    private final TestDatabase db = TestDatabase.open();
    private final Windows windows = new Windows(new PostgresWindows(db.database));
    private final PostgresDispatchQueue board = new PostgresDispatchQueue(db.database);
    private long job;

    @BeforeEach
    void aJobWithAWindow() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        job = db.submit("name: nightly\ntable: t\nset: { n: n + 1 }\nwindow: { between: \"00:00-12:00\" }\n")
                .id();
        db.run("update backfleet.job set state = 'RUNNING', started_at = now() where id = " + job);
        db.run("insert into backfleet.shard (job_id, number, relation, turn, upper) "
                + "select job_id, 1, relation, 0, '{9}' from backfleet.job_relation where job_id = " + job);
        db.run("insert into backfleet.worker (id, host, pid, slots, taking) values ('w', 'h', 1, 4, true)");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private void opening(String from, String to) throws SQLException {
        db.run("update backfleet.job set opens_at = now() + interval '" + from + "', closes_at = now() + interval '"
                + to + "'");
    }

    private void runOnce() {
        windows.runOnce();
    }

    @Test
    void a_job_is_stored_with_the_opening_that_it_is_in_or_the_next() throws SQLException {
        assertThat(db.ask(
                        "select opens_at = date_trunc('day', opens_at, 'UTC') and closes_at = opens_at + interval '12 h' "
                                + "and closes_at > now() and opens_at <= now() + interval '12 h' from backfleet.job"))
                .isEqualTo("t");
    }

    @Test
    void outside_of_its_window_a_job_gets_no_slots_and_within_it_does() throws SQLException {
        opening("1 h", "2 h");
        assertThat(board.load().jobs()).isEmpty();
        opening("-1 h", "1 h");
        assertThat(board.load().jobs()).hasSize(1);
    }

    @Test
    void when_an_opening_ends_the_next_is_stored_and_tasks_are_revoked() throws SQLException {
        db.run(
                "update backfleet.job set work_window = jsonb_build_object('from', '00:00:00', 'to', '00:01:00', "
                        + "'zone', 'UTC', 'days', jsonb_build_array(to_char(now() at time zone 'UTC' + interval '3 days', 'FMDAY')))");
        opening("-2 h", "-1 h");
        db.run("update backfleet.shard set state = 'DISPATCHED'");
        runOnce();
        assertThat(db.ask("select opens_at = date_trunc('day', now(), 'UTC') + interval '3 days' "
                        + "and closes_at - opens_at = interval '1 min' from backfleet.job"))
                .isEqualTo("t");
        assertThat(db.shards(job)).containsExactly("PENDING");
    }

    @Test
    void a_finished_job_is_left_alone() throws SQLException {
        opening("-2 h", "-1 h");
        db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
        runOnce();
        assertThat(db.ask("select closes_at < now() from backfleet.job")).isEqualTo("t");
    }
}
