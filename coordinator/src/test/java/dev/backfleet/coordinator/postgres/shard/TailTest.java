package dev.backfleet.coordinator.postgres.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long a skewed job's tail is, counted in batches: eight slots, of which each does a batch of 1,000 rows in a step, and
 * a coordinator that looks for stragglers every second step, as it does where a batch takes 100 ms and its tick is 200 ms.
 */
@Tag("server")
class TailTest {
    private static final int ROWS = 300_000;
    private static final int SLOTS = 8;
    private static final int BATCH = 1_000;
    private static final int TICK = 2;

    private static final String CLAIM = """
            update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = 'infinity', epoch = epoch + 1
            where number in (
              select number from backfleet.shard where state = 'PENDING' order by turn, number
              limit %d - (select count(*) from backfleet.shard where state = 'RUNNING'))
            """.formatted(SLOTS);

    private static final String STEP = """
            update backfleet.shard s
            set cursor = array[n.cursor::text],
                rows_walked = rows_walked + n.cursor - coalesce(s.cursor[1]::bigint, 0),
                state = case when n.done then 'DONE' else s.state end,
                worker = case when not n.done then s.worker end,
                lease_until = case when not n.done then s.lease_until end
            from (select number, least(coalesce(cursor[1]::bigint, 0) + %1$d, upper[1]::bigint) as cursor,
                         coalesce(cursor[1]::bigint, 0) + %1$d >= upper[1]::bigint as done from backfleet.shard) n
            where s.number = n.number and s.state = 'RUNNING'
            """.formatted(BATCH);

    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t select i from generate_series(1, " + ROWS + ") i");
        db.run("vacuum analyze t");
        db.run("insert into backfleet.worker (id, host, pid, slots, taking, seen_at) values ('w', 'h', 1, " + SLOTS
                + ", true, 'infinity')");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    /** One shard has a part of the rows, twenty share the others. */
    private static void skewed(int largest, double turn) throws SQLException {
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\nshard: { rows: 10000000 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run("update backfleet.shard set turn = " + turn + ", upper = '{" + largest + "}'");
        db.run("insert into backfleet.shard (job_id, number, relation, turn, lower, cursor, upper) "
                + "select job_id, 1 + i, relation, 0.5, array[at::text], array[at::text], array[(at + size)::text] "
                + "from backfleet.shard, (select i, size, " + largest + " + (i - 1) * size as at "
                + "from generate_series(1, 20) i, (select (" + ROWS + " - " + largest + ") / 20 as size) k) s");
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job");
    }

    private static Run run(boolean split) throws SQLException {
        var splitter = new StragglerSplitter(
                new PostgresDispatchQueue(db.database),
                split ? new PostgresSplits(db.database) : (job, count) -> 0,
                EachJob.failingFast(StragglerSplitter.WHAT));
        var steps = 0;
        var atNineTenths = 0;
        for (var walked = 0L; walked < ROWS; steps++) {
            if (walked < ROWS * 9L / 10) {
                atNineTenths = steps + 1;
            }
            if (steps % TICK == TICK - 1) {
                splitter.runOnce();
            }
            db.run(CLAIM);
            db.run(STEP);
            walked = Long.parseLong(db.ask("select sum(rows_walked) from backfleet.shard"));
        }
        assertThat(db.ask("select count(*) from backfleet.shard where state <> 'DONE'"))
                .isEqualTo("0");
        assertThat(db.ask("select count(*) from t where (select count(*) from backfleet.shard s "
                        + "where id > coalesce(s.lower[1]::bigint, 0) and id <= s.upper[1]::bigint) <> 1"))
                .as("rows that are not in exactly one shard")
                .isEqualTo("0");
        return new Run(steps, steps - atNineTenths);
    }

    @Test
    void the_last_tenth_of_a_job_with_a_large_tenant_takes_no_more_than_a_fifth_of_the_time() throws SQLException {
        skewed(183_000, 0);
        var run = run(true);
        assertThat(run.tail()).isLessThanOrEqualTo(0.2);
        assertThat(run.steps).as("steps; 37.5 if no slot were ever idle").isLessThan(50);
    }

    @Test
    void the_last_tenth_of_a_job_whose_largest_shard_came_last_does_not_either() throws SQLException {
        skewed(60_000, 1);
        var run = run(true);
        assertThat(run.tail()).isLessThanOrEqualTo(0.2);
        assertThat(run.steps).as("steps; 37.5 if no slot were ever idle").isLessThan(50);
    }

    @Tag("long")
    @Test
    void without_splitting_it_would_take_a_third() throws SQLException {
        skewed(60_000, 1);
        assertThat(run(false).tail()).isGreaterThan(0.3);
    }

    /**
     * What it took.
     *
     * @param steps all of them
     * @param last those after nine tenths of the rows
     */
    private record Run(int steps, int last) {
        double tail() {
            return (double) last / steps;
        }
    }
}
