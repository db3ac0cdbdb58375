package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.derived.PostgresDerivedJobs;
import dev.backfleet.coordinator.postgres.migration.PostgresRowRules;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two rows that have one copy are not proven to be copied, though the copy has the values of both. */
@Tag("server")
class SharedCopiesTest {
    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    // The rows 9 and 10 give the key 9, the rows 19 and 20 the key 19; each other row its own.
    @BeforeEach
    void tables() throws SQLException {
        db.run("create table orders (id bigint primary key, ref bigint not null, address text, part numeric)");
        db.run("create table shipments (ref bigint primary key, address text)");
        db.run("insert into orders select i, case when i in (10, 20) then i - 1 else i end, 'same', i "
                + "from generate_series(1, 30) i");
        db.run("insert into shipments select distinct ref, 'same' from orders");
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table orders, shipments; delete from backfleet.job");
    }

    /** The verdict of a job that has run, and of a reconcile whose scan has found no wrong row. */
    private static GateAnswer reconciled(String key, String meanwhile) throws SQLException {
        var job = db.submit("name: j\ntable: orders\ninto:\n  table: shipments\n  columns: { ref: \"" + key
                        + "\", address: address }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = clock_timestamp()");
        db.run(meanwhile);
        var catalog = new PostgresCatalog(db.database);
        var pass = new ReconcileJob(
                        new Lookup(new PostgresQueries(db.database)),
                        catalog,
                        new DerivedJobs(catalog, new PostgresDerivedJobs(db.database)),
                        new PostgresRowRules(db.database))
                .run(Bench.ANN, "j", ReconcileJob.Options.USUAL)
                .id();
        new PostgresPlans(db.database).plan(pass);
        db.run("update backfleet.shard set state = 'DONE', rows_walked = 30, rows_changed = 30 where job_id = " + pass);
        var jobs = new PostgresJobs(db.database, true);
        assertThat(jobs.finish(pass)).as("before the look").isEmpty();
        new CompletenessCheck(new PostgresCompleteness(db.database, () -> Duration.ZERO), EachJob.failingFast("look"))
                .runOnce(() -> {});
        assertThat(jobs.finish(pass)).containsExactly(JobState.SUCCEEDED);
        return new PostgresVerdicts(db.database)
                .facts("j", Optional.empty())
                .orElseThrow()
                .facts()
                .answer(null, Optional.empty());
    }

    @Test
    void all_but_one_of_the_rows_that_share_a_copy_are_different() throws SQLException {
        var answer = reconciled("ref", "insert into orders values (31, 19, 'same', 31), (32, 9, 'other', 32)");
        assertThat(answer.verdict()).isEqualTo(GateVerdict.DRIFT);
        assertThat(answer.reasons()).containsExactly("3 rows have other values, or share their copy with another row");
        // The row with another value is of the scan, which is not made here.
        assertThat(db.column("select finding || key::text from backfleet.reconcile_row order by 1"))
                .containsExactly("DIFFERENT{10}", "DIFFERENT{20}", "DIFFERENT{31}");
        assertThat(db.ask("select string_agg(note, '') from backfleet.job_note where topic = 'copies of no row'"))
                .startsWith("3 rows share their copy with another row");
    }

    @Test
    void one_that_is_in_quarantine_is_counted_there() throws SQLException {
        var answer = reconciled(
                "ref",
                "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) select id, 0, 'orders'::regclass, "
                        + "array[k], '23505', 'm', 1, 'w' from backfleet.job, unnest('{9,19}'::text[]) k");
        assertThat(answer.verdict()).isEqualTo(GateVerdict.INCOMPLETE);
        assertThat(db.column("select finding || key::text from backfleet.reconcile_row order by 1"))
                .containsExactly("QUARANTINED{19}", "QUARANTINED{9}");
    }

    @Test
    void an_expression_may_give_one_key_for_two_values_of_a_unique_column() throws SQLException {
        var answer = reconciled(
                "part",
                "create unique index on orders (part); update orders set part = 4.6 where id = 4; delete from shipments; "
                        + "insert into shipments select distinct part::bigint, 'same' from orders");
        assertThat(answer.verdict()).isEqualTo(GateVerdict.DRIFT);
        assertThat(answer.reasons()).containsExactly("1 row has other values, or shares its copy with another row");
    }

    @Test
    void a_unique_column_proves_that_no_copy_is_shared() throws SQLException {
        var answer = reconciled("id", "delete from shipments; insert into shipments select id, 'same' from orders");
        assertThat(answer.reasons()).isEmpty();
        assertThat(answer.verdict()).isEqualTo(GateVerdict.SAFE);
    }

    @Test
    void what_cannot_be_looked_through_is_not_safe() throws SQLException {
        var answer = reconciled(
                "100 / (address <> 'none')::int * 0 + ref", "update orders set address = 'none' where id = 30");
        assertThat(answer.verdict()).isEqualTo(GateVerdict.INCOMPLETE);
        assertThat(answer.reasons())
                .containsExactly(
                        "copies that are of no row, or shared by rows, could not be counted in time, or not be read");
    }
}
