package dev.backfleet.coordinator.operation.undo;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.PruneJobs;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.DerivedJob;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.operation.reconcile.RowRules;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.derived.PostgresDerivedJobs;
import dev.backfleet.coordinator.postgres.plan.PostgresCompleteness;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.undo.PostgresUndo;
import dev.backfleet.coordinator.query.undo.ShowKept;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job whose old values are kept is undone by a job of its own, and its values are dropped, with every refusal. */
@Tag("server")
class UndoOperationsTest {
    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @AfterEach
    void forget() {
        bench.rows.execute("delete from backfleet.job");
        bench.rows.execute("truncate backfleet.kept_row");
    }

    private static PostgresUndo store() {
        return new PostgresUndo(bench.database());
    }

    private static Started undo() {
        return undoJob(new PostgresDerivedJobs(bench.database())).run(ANN, "j", Optional.empty());
    }

    private static UndoJob undoJob(DerivedJobs.Store jobs) {
        return new UndoJob(
                bench.lookup,
                new DerivedJobs(new PostgresCatalog(bench.database()), jobs),
                new PostgresIntake(bench.database()),
                store());
    }

    private static DropKept dropKept() {
        return new DropKept(bench.lookup, store());
    }

    /** The job j as if workers had changed the rows with some ids. */
    private static long kept(String state, int... ids) {
        var job = bench.job("undo: keep\n");
        for (var id : ids) {
            bench.rows.execute(
                    "insert into backfleet.kept_row select ?, 't'::regclass, array[tenant, id]::text[], array['0'], array['1'] "
                            + "from t where id = ?",
                    job,
                    id);
            bench.rows.execute("update t set n = 1 where id = ?", id);
        }
        bench.rows.execute("update backfleet.shard set state = 'DONE', cursor = upper");
        bench.state(state);
        return job;
    }

    @Test
    void planning_makes_a_partition_for_what_a_job_keeps_and_for_no_other_job() {
        var plain = bench.job("");
        assertThat(bench.ask("select to_regclass('backfleet.kept_row_" + plain + "')"))
                .isEqualTo("null");
        var job = bench.job("undo: keep\n");
        assertThat(bench.ask(
                        "select pg_get_expr(relpartbound, oid) from pg_class where relname = 'kept_row_" + job + "'"))
                .isEqualTo("FOR VALUES IN ('" + job + "')");
        bench.rows.execute("update backfleet.job set state = 'PLANNING'");
        bench.rows.execute("delete from backfleet.shard");
        bench.rows.execute("delete from backfleet.shard_bucket");
        new PostgresPlans(bench.database()).plan(job);
        assertThat(bench.ask("select state from backfleet.job")).isEqualTo("RUNNING");
    }

    @Test
    void an_undo_is_a_job_with_the_limits_of_the_one_that_it_undoes() {
        var job = kept("SUCCEEDED", 1, 2, 60);
        bench.rows.execute("update backfleet.job set rate_limit = 77, concurrency = 3");
        bench.assertNothingWithoutAudit(UndoOperationsTest::undo);
        var started = undo();
        assertThat(started).isEqualTo(new Started(started.id(), "j.undo", job, "j"));
        assertThat(
                        bench.ask(
                                "select concat_ws(' ', state, undoes = " + job + ", rate_limit, concurrency, "
                                        + "definition ->> 'v', definition -> 'old' ->> 'undoes') from backfleet.job where name = 'j.undo'"))
                .isEqualTo("PLANNING t 77 3 4 " + job);
        assertThat(bench.audit()).last().isEqualTo("ann j.undo submit > undo of job " + job);
        bench.assertRefused(
                Code.NOT_NOW,
                "the undo of j is PLANNING: see 'backfleet status j.undo', or cancel it",
                UndoOperationsTest::undo);
        new PostgresPlans(bench.database()).plan(started.id());
        assertThat(bench.ask("select state from backfleet.job where name = 'j.undo'"))
                .isEqualTo("RUNNING");
    }

    @Test
    void a_rate_of_its_own_takes_the_place_of_the_jobs() {
        kept("CANCELLED", 1);
        undoJob(new PostgresDerivedJobs(bench.database())).run(ANN, "j", Optional.of(OptionalLong.empty()));
        assertThat(bench.ask("select rate_limit from backfleet.job where name = 'j.undo'"))
                .isEqualTo("null");
    }

    @Test
    void a_job_that_cannot_be_undone_is_refused_with_the_reason() {
        bench.job("");
        bench.state("SUCCEEDED");
        bench.assertRefused(
                Code.INVALID,
                "job j has not kept the values that it has overwritten: its spec has no 'undo: keep'",
                UndoOperationsTest::undo);
        kept("RUNNING", 1);
        bench.assertRefused(
                Code.NOT_NOW,
                "job j is RUNNING: it can be undone when it has finished; 'backfleet cancel j' ends it",
                UndoOperationsTest::undo);
        bench.state("SUCCEEDED");
        var other = bench.submit()
                .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC.replace("name: j", "name: other")))
                .id();
        bench.assertRefused(
                Code.NOT_NOW,
                "the unfinished job other (id " + other + ") sets the same columns: wait for its end, or cancel it",
                UndoOperationsTest::undo);
        kept("SUCCEEDED");
        bench.assertRefused(
                Code.NOT_NOW,
                "no kept values of j are left: they were put back or dropped, or it has changed no row; see 'backfleet history j'",
                UndoOperationsTest::undo);
    }

    @Test
    void a_failed_job_of_which_values_were_put_back_is_not_retried() {
        var job = kept("FAILED", 1, 2);
        bench.rows.execute(
                "update backfleet.shard set state = 'FAILED', error_code = 'XX001', error = 'e', cursor = lower");
        bench.rows.execute("update backfleet.job set error = 'e'");
        var undo = undo();
        for (var state : List.of("PLANNING", "CANCELLED", "SUCCEEDED")) {
            bench.rows.execute(
                    "update backfleet.job set state = ?, finished_at = case when ? <> 'PLANNING' then now() end where id = ?",
                    state,
                    state,
                    undo.id());
            bench.assertRefused(
                    Code.CONFLICT,
                    "values of j were put back by j.undo: a retry would change its other rows, and not these; "
                            + "submit the spec again: that changes all of its rows",
                    () -> bench.retryShards().run(ANN, "j"));
        }
        bench.rows.execute("delete from backfleet.job where id = ?", undo.id());
        assertThat(bench.retryShards().run(ANN, "j").shards()).isEqualTo(1);
        assertThat(bench.ask("select state from backfleet.job where id = " + job))
                .isEqualTo("RUNNING");
    }

    @Test
    void a_job_that_is_retried_while_its_undo_is_submitted_is_not_undone() {
        var job = kept("FAILED", 1);
        bench.rows.execute("update backfleet.shard set state = 'FAILED', error_code = 'XX001', error = 'e'");
        var jobs = new PostgresDerivedJobs(bench.database());
        var refused = catchThrowableOfType(
                OperationRefused.class, () -> undoJob(retryingMeanwhile(jobs)).run(ANN, "j", Optional.empty()));
        assertThat(refused).hasMessage("the state of job j has just changed: try again");
        assertThat(refused.code()).isEqualTo(Code.STALE);
        assertThat(bench.ask("select string_agg(id || state, ' ') from backfleet.job"))
                .isEqualTo(job + "RUNNING");
    }

    @Test
    void a_job_whose_column_is_renamed_while_another_one_is_derived_from_it_is_left_alone() {
        kept("SUCCEEDED", 1);
        var jobs = meanwhile(
                new PostgresDerivedJobs(bench.database()),
                () -> {},
                () -> bench.rows.execute("alter table t rename column n to \"old \"\"n\""));
        var reconcile = new ReconcileJob(
                bench.lookup,
                new PostgresCatalog(bench.database()),
                new DerivedJobs(new PostgresCatalog(bench.database()), jobs),
                job -> RowRules.Rule.NONE);
        var options = new ReconcileJob.Options(
                Optional.of(SqlExpression.parse("n <> 1")), OptionalLong.empty(), Optional.empty());
        for (var derived : List.<ThrowingCallable>of(
                () -> undoJob(jobs).run(ANN, "j", Optional.empty()), () -> reconcile.run(ANN, "j", options))) {
            try {
                var refused = catchThrowableOfType(OperationRefused.class, derived);
                assertThat(refused.code()).isEqualTo(Code.CONFLICT);
                assertThat(refused).hasMessageContaining("no longer matches the snapshot of that job");
            } finally {
                bench.rows.execute("alter table t rename column \"old \"\"n\" to n");
            }
        }
        assertThat(bench.ask("select count(*) from backfleet.job")).isEqualTo("1");
    }

    @Test
    void a_reconcile_of_a_large_job_has_larger_shards_than_the_job() throws SQLException {
        kept("SUCCEEDED", 1);
        var reconcile = new ReconcileJob(
                bench.lookup,
                new PostgresCatalog(bench.database()),
                new DerivedJobs(new PostgresCatalog(bench.database()), new PostgresDerivedJobs(bench.database())),
                job -> RowRules.Rule.NONE);
        var options = new ReconcileJob.Options(
                Optional.of(SqlExpression.parse("n <> 1")), OptionalLong.empty(), Optional.empty());
        for (var expected : Map.of(1_000_000L, 100_000L, 4_000_000L, 125_000L, 1_000_000_000L, 150_000L)
                .entrySet()) {
            bench.rows.execute("update backfleet.job set rows_estimated = " + expected.getKey() + " where name = 'j'");
            var pass = reconcile.run(ANN, "j", options).id();
            // A slot may compare a whole shard in one batch.
            assertThat(bench.ask("select (definition ->> 'shardRows') || ' ' || (definition ->> 'batchMaxRows') from "
                            + "backfleet.job where id = " + pass))
                    .isEqualTo(expected.getValue() + " 250000");
            bench.rows.execute("delete from backfleet.job where id = " + pass);
        }
    }

    private static DerivedJobs.Store retryingMeanwhile(DerivedJobs.Store jobs) {
        return meanwhile(jobs, () -> bench.retryShards().run(ANN, "j"), () -> {});
    }

    private static DerivedJobs.Store meanwhile(DerivedJobs.Store jobs, Runnable whileReading, Runnable beforeStoring) {
        return new DerivedJobs.Store() {
            @Override
            public Optional<OriginJob> origin(long job) {
                return jobs.origin(job);
            }

            @Override
            public List<ColumnFacts> columns(JobDefinition.Table table) {
                whileReading.run();
                return jobs.columns(table);
            }

            @Override
            public Optional<Started> store(DerivedJob job, Actor actor) {
                beforeStoring.run();
                return jobs.store(job, actor);
            }
        };
    }

    @Test
    void kept_values_are_dropped_when_neither_the_job_nor_an_undo_needs_them() {
        kept("RUNNING", 1, 2);
        bench.assertRefused(
                Code.NOT_NOW,
                "job j is RUNNING: its values can be dropped when it has finished; 'backfleet cancel j' ends it",
                () -> dropKept().run(ANN, "j"));
        bench.state("SUCCEEDED");
        var undo = undo();
        bench.assertRefused(
                Code.NOT_NOW, "the undo of j is PLANNING: see 'backfleet status j.undo', or cancel it", () -> dropKept()
                        .run(ANN, "j"));
        bench.rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now() where id = ?", undo.id());
        assertThat(store().report(undo.origin()).orElseThrow().rows()).isEqualTo(2);
        bench.assertNothingWithoutAudit(() -> dropKept().run(ANN, "j"));
        assertThat(bench.ask("select count(*) from backfleet.kept_row")).isEqualTo("2");
        assertThat(dropKept().run(ANN, "j").bytes()).isPositive();
        assertThat(bench.ask("select count(*) from backfleet.kept_row")).isEqualTo("0");
        assertThat(bench.audit()).last().isEqualTo("ann j undo > dropped the kept values");
    }

    @Test
    void a_row_that_is_retried_is_kept_as_a_batch_would_and_put_back_by_the_undos_retry() throws InterruptedException {
        var job = bench.job("undo: keep\n");
        bench.quarantine(1, 60);
        bench.state("SUCCEEDED");
        bench.rows.execute("update t set n = 6 where id = 60");
        bench.retryQuarantine().run(ANN, "j", Optional.empty(), Map.of());
        assertThat(bench.ask(
                        "select string_agg(key::text || old::text || new::text, ' ' order by key) from backfleet.kept_row where job_id = "
                                + job))
                .isEqualTo("{1,1}{0}{1} {2,60}{6}{7}");
        var undo = undo();
        new PostgresPlans(bench.database()).plan(undo.id());
        bench.rows.execute(
                "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, epoch, worker) "
                        + "select job_id, 1, 't'::regclass, array['2', '60'], '23514', 'no', 1, 'w' from backfleet.shard "
                        + "where job_id = ? and number = 1",
                undo.id());
        bench.rows.execute("update backfleet.job set quarantined = 1 where id = ?", undo.id());
        bench.rows.execute("update backfleet.shard set rows_walked = 51 where job_id = ?", undo.id());
        bench.retryQuarantine().run(ANN, "j.undo", Optional.empty(), Map.of());
        assertThat(bench.ask("select n from t where id = 60")).isEqualTo("6");
        assertThat(bench.ask("select string_agg(key::text, ' ') from backfleet.kept_row"))
                .isEqualTo("{1,1}");
    }

    @Test
    void an_undo_says_at_its_end_how_many_rows_it_has_left_and_which() {
        var job = kept("SUCCEEDED", 1, 2, 60);
        var undo = undo();
        new PostgresPlans(bench.database()).plan(undo.id());
        bench.rows.execute("delete from backfleet.kept_row where key[2] = '1'");
        bench.rows.execute("update backfleet.shard set state = 'DONE', cursor = upper, rows_walked = 1");
        new PostgresCompleteness(bench.database(), Ticker.system()).look(undo.id());
        assertThat(bench.ask("select string_agg(note, '|') from backfleet.job_note where job_id = " + undo.id()))
                .isEqualTo("2 rows were not put back: changed or deleted by others after job j, or in quarantine; "
                        + "'backfleet undo j --show' lists them");
        assertThat(store().report(job).orElseThrow().keys())
                .containsExactly(new ShowKept.Key("t", List.of("1", "2")), new ShowKept.Key("t", List.of("2", "60")));
    }

    @Test
    void pruning_removes_what_a_job_has_kept_unless_an_undo_or_a_retry_needs_it() {
        kept("SUCCEEDED", 1);
        var undo = undo();
        prune();
        assertThat(bench.ask("select count(*) from backfleet.kept_row")).isEqualTo("1");
        bench.rows.execute("delete from backfleet.job where id = ?", undo.id());
        var job = kept("SUCCEEDED", 1);
        prune();
        assertThat(bench.ask("select to_regclass('backfleet.kept_row_" + job + "')"))
                .isEqualTo("null");
        job = bench.job("undo: keep\n");
        bench.quarantine(5);
        bench.state("SUCCEEDED");
        prune();
        assertThat(bench.ask("select to_regclass('backfleet.kept_row_" + job + "')"))
                .isEqualTo("backfleet.kept_row_" + job);
    }

    private static void prune() {
        bench.prune()
                .find(new PruneJobs.Wanted(Optional.of("j"), Optional.empty(), false))
                .forEach(found -> bench.prune().run(ANN, found, false));
    }
}
