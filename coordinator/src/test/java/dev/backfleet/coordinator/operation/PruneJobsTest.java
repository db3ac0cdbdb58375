package dev.backfleet.coordinator.operation;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.PruneJobs.Prunable;
import dev.backfleet.coordinator.operation.PruneJobs.Pruned;
import dev.backfleet.coordinator.operation.PruneJobs.Wanted;
import dev.backfleet.coordinator.postgres.control.PostgresPruning;
import dev.backfleet.coordinator.postgres.detail.PostgresDetails;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.shard.PostgresCounts;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.detail.ListShards;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pruning removes the shards of finished jobs and nothing that is still of use, and what is told afterwards is true. */
@Tag("server")
class PruneJobsTest {
    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @BeforeEach
    void clear() {
        bench.rows.execute("delete from backfleet.job");
        bench.rows.execute("truncate backfleet.audit");
    }

    private static Wanted named(String job) {
        return new Wanted(Optional.of(job), Optional.empty(), false);
    }

    private static Wanted all(Duration olderThan) {
        return new Wanted(Optional.empty(), Optional.of(olderThan), false);
    }

    private static Pruned prune(String job, boolean dismissRows) {
        var found = bench.prune().find(new Wanted(Optional.of(job), Optional.empty(), dismissRows));
        assertThat(found).hasSize(1);
        return bench.prune().run(ANN, found.get(0), dismissRows);
    }

    private static JobStatus status(long job) {
        return new PostgresQueries(bench.database()).job(job).orElseThrow();
    }

    private static List<String> names(Wanted wanted) {
        return bench.prune().find(wanted).stream().map(Prunable::name).toList();
    }

    /** A job with three shards that are DONE, one of which the leader has counted, and the given ones. */
    private static long finished(String name, String state, String... more) {
        var job = bench.rows.job(name, state);
        for (int number = 1; number <= 3; number++) {
            bench.rows.shard(job, number, "DONE", 100, 90);
        }
        bench.rows.execute("update backfleet.shard set tallied = true where job_id = ? and number = 2", job);
        bench.rows.execute(
                "update backfleet.job set tallied_shards = 1, tallied_walked = 100, tallied_changed = 90 where id = ?",
                job);
        for (var each : more) {
            bench.rows.shard(
                    job,
                    Integer.parseInt(bench.ask("select max(number) + 1 from backfleet.shard where job_id = " + job)),
                    each,
                    7,
                    5);
        }
        return job;
    }

    @Test
    void a_pruned_job_has_the_counts_that_it_had_and_says_when_it_was_pruned() {
        var job = finished("j", "SUCCEEDED");
        var before = status(job);
        assertThat(before.shards()).isEqualTo(new JobStatus.Shards(3, 0, 0, 0, 3, 0));

        assertThat(prune("j", false)).isEqualTo(new Pruned(3, 0, 0));

        var after = status(job);
        assertThat(after.shards()).isEqualTo(before.shards());
        assertThat(after.rows()).isEqualTo(before.rows());
        assertThat(after.rows().changed()).isEqualTo(270);
        assertThat(after.percent()).isEqualTo(before.percent());
        assertThat(after.lastBatchAt()).isEqualTo(before.lastBatchAt());
        assertThat(after.findings().notes())
                .singleElement()
                .asString()
                .matches("its shards were pruned on [0-9-]{10} by ann: the counts are those of its end");
        assertThat(bench.audit()).containsExactly("ann j prune > 3 shards");
        assertThat(bench.prune().find(named("j"))).isEmpty();
    }

    @Test
    void the_leader_counts_a_pruned_job_no_second_time() {
        var job = finished("j", "FAILED", "FAILED");
        var before = status(job);
        new PostgresPruning(bench.database()).begin(job, ANN);
        new PostgresCounts(bench.database()).counts();
        assertThat(status(job).rows()).isEqualTo(before.rows());
        assertThat(status(job).shards()).isEqualTo(before.shards());

        prune("j", false);
        new PostgresCounts(bench.database()).counts();
        assertThat(status(job).rows()).isEqualTo(before.rows());
        assertThat(status(job).shards()).isEqualTo(before.shards());
    }

    @Test
    void a_cancelled_job_says_how_many_shards_were_left() {
        var job = finished("j", "CANCELLED", "PENDING", "PENDING");
        prune("j", false);
        assertThat(status(job).shards()).isEqualTo(new JobStatus.Shards(5, 2, 0, 0, 3, 0));
        assertThat(bench.ask("select count(*) from backfleet.shard where job_id = " + job))
                .isEqualTo("0");
    }

    @Test
    void failed_shards_stay_and_their_job_cannot_be_retried() {
        var job = finished("j", "FAILED", "FAILED");
        var before = status(job);
        assertThat(before.rows().changed()).isEqualTo(275);
        assertThat(prune("j", false)).isEqualTo(new Pruned(3, 1, 0));
        assertThat(status(job).shards()).isEqualTo(new JobStatus.Shards(4, 0, 0, 0, 3, 1));
        assertThat(status(job).rows()).isEqualTo(before.rows());
        assertThat(status(job).findings().notes()).singleElement().asString().endsWith("; it can no longer be retried");
        assertThatThrownBy(() -> bench.retryShards().run(ANN, "j"))
                .isInstanceOf(OperationRefused.class)
                .hasMessageMatching("the shards of j were pruned on [0-9-]{10}: submit the spec again, .*");
        assertThat(status(job).state()).isEqualTo(JobState.FAILED);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"SUCCEEDED", "CANCELLED", "FAILED"},
            mode = EnumSource.Mode.EXCLUDE)
    void an_unfinished_job_is_refused(JobState state) {
        var job = finished("j", state.name());
        bench.assertRefused(
                Code.CONFLICT,
                "job j is " + state + ": its shards are needed until it finishes; 'backfleet cancel j' ends it",
                () -> bench.prune().find(named("j")));
        assertThat(bench.prune().find(all(Duration.ZERO))).isEmpty();
        var found = new Prunable(job, "j", state, status(job).submittedAt(), 3, 0);
        bench.assertRefused(Code.STALE, "job j was resumed a moment ago: check 'backfleet status'", () -> bench.prune()
                .run(ANN, found, false));
        assertThat(bench.ask("select count(*) from backfleet.shard where job_id = " + job))
                .isEqualTo("3");
    }

    @Test
    void without_a_name_those_that_finished_long_ago_are_found_but_no_failed_one() {
        finished("old", "SUCCEEDED");
        finished("stopped", "CANCELLED");
        finished("failed", "FAILED");
        bench.rows.execute("update backfleet.job set finished_at = now() - interval '31 days'");
        bench.rows.execute("update backfleet.job set finished_at = now() - interval '33 days' where name = 'stopped'");
        finished("young", "SUCCEEDED");
        bench.rows.job("without", "SUCCEEDED");
        assertThat(names(new Wanted(Optional.empty(), Optional.empty(), false))).containsExactly("stopped", "old");
        assertThat(names(all(Duration.ofDays(32)))).containsExactly("stopped");
        assertThat(names(all(Duration.ZERO))).containsExactly("stopped", "old", "young");
        assertThat(names(named("young"))).containsExactly("young");
        bench.assertRefused(
                Code.NOT_NOW,
                "job young has not been finished for that long: leave out --older-than",
                () -> bench.prune().find(new Wanted(Optional.of("young"), Optional.of(Duration.ofDays(1)), false)));
        assertThat(names(new Wanted(Optional.of("old"), Optional.of(Duration.ofDays(1)), false)))
                .containsExactly("old");
    }

    @Test
    void rows_in_quarantine_stay_with_their_shard_and_can_be_retried() throws InterruptedException {
        var job = bench.job("");
        bench.quarantine(3);
        bench.rows.execute("update backfleet.shard set epoch = 1");
        bench.state("SUCCEEDED");
        bench.rows.execute(
                "insert into backfleet.shard (job_id, number, relation, turn, upper, state, epoch, rows_walked, "
                        + "rows_changed) select job_id, 2, relation, 0, upper, 'DONE', 1, 10, 10 from backfleet.shard");
        var before = status(job);
        assertThat(prune("j", false)).isEqualTo(new Pruned(1, 1, 0));
        assertThat(bench.prune().find(named("j"))).isEmpty();
        assertThat(status(job).rows()).isEqualTo(before.rows());

        assertThat(bench.retryQuarantine()
                        .run(ANN, "j", Optional.empty(), Map.of())
                        .changed())
                .isEqualTo(1);
        assertThat(status(job).rows().changed()).isEqualTo(before.rows().changed() + 1);
        assertThat(status(job).rows().quarantined()).isZero();
        assertThat(prune("j", false)).isEqualTo(new Pruned(1, 0, 0));
    }

    @Test
    void rows_in_quarantine_are_dismissed_on_demand() {
        var job = bench.job("");
        bench.quarantine(3, 4);
        bench.state("SUCCEEDED");
        assertThat(bench.prune().find(new Wanted(Optional.of("j"), Optional.empty(), true)))
                .singleElement()
                .extracting(Prunable::quarantined)
                .isEqualTo(2L);
        assertThat(prune("j", true)).isEqualTo(new Pruned(1, 0, 2));
        assertThat(status(job).rows().quarantined()).isZero();
        assertThat(bench.audit()).containsExactly("ann j quarantine drop > 23514: 2", "ann j prune > 1 shard");
    }

    @Test
    void nothing_is_removed_without_the_audit() {
        var job = finished("j", "SUCCEEDED");
        var found = bench.prune().find(named("j")).get(0);
        bench.assertNothingWithoutAudit(() -> bench.prune().run(ANN, found, false));
        assertThat(new PostgresPruning(bench.database()).remove(job, 0, 10)).isZero();
    }

    @Test
    void an_interrupted_run_is_continued_and_audited_once() {
        var job = finished("j", "SUCCEEDED");
        var shards = new PostgresPruning(bench.database());
        assertThat(shards.begin(job, ANN)).hasValue(3);
        assertThat(shards.remove(job, 0, 2)).isEqualTo(2);
        assertThat(status(job).shards()).isEqualTo(new JobStatus.Shards(3, 0, 0, 0, 3, 0));

        assertThat(prune("j", false)).isEqualTo(new Pruned(1, 0, 0));
        assertThat(bench.audit()).containsExactly("ann j prune > 3 shards");
    }

    @Test
    void a_large_job_is_pruned_in_transactions_of_a_bounded_size() {
        var job = bench.rows.job("j", "SUCCEEDED");
        bench.rows.execute(
                "insert into backfleet.shard (job_id, number, relation, turn, upper, state, epoch, tallied) "
                        + "select ?, i, 1, 0, '{x}', 'DONE', 1, true from generate_series(1, 12001) i",
                job);
        bench.rows.execute("create table removed (xid bigint)");
        bench.rows.execute("create function removed() returns trigger language plpgsql as "
                + "$$ begin insert into removed values (txid_current()); return null; end $$");
        bench.rows.execute(
                "create trigger removed after delete on backfleet.shard for each row execute function removed()");
        prune("j", false);
        assertThat(bench.ask("select count(*) || ' in ' || count(distinct xid) from removed"))
                .isEqualTo("12001 in 3");
        bench.rows.execute("drop trigger removed on backfleet.shard");
        bench.rows.execute("drop table removed");
    }

    @Test
    void the_shards_of_a_pruned_job_are_said_to_be_pruned() {
        var shards = new ListShards(bench.lookup, new PostgresDetails(bench.database()));
        finished("j", "FAILED", "FAILED");
        prune("j", false);
        assertThat(shards.run("j", Optional.empty(), Optional.empty(), 0, 10).shards())
                .hasSize(1);
        finished("k", "SUCCEEDED");
        assertThat(shards.run("k", Optional.empty(), Optional.empty(), 0, 10).shards())
                .hasSize(3);
        prune("k", false);
        assertThatThrownBy(() -> shards.run("k", Optional.empty(), Optional.empty(), 0, 10))
                .isInstanceOf(OperationRefused.class)
                .hasMessageMatching("the shards of k were pruned on [0-9-]{10}");
    }

    @Test
    void the_tenants_of_a_pruned_job_are_not_told_of() {
        bench.job("");
        bench.state("SUCCEEDED");
        var tenants = new ListTenants(bench.lookup, new PostgresTenants(bench.database()));
        assertThat(tenants.run("j", Set.of(), null, 10).tenants()).isNotEmpty();
        prune("j", false);
        assertThatThrownBy(() -> tenants.run("j", Set.of(), null, 10))
                .isInstanceOf(OperationRefused.class)
                .hasMessageMatching("the shards of j, and its tenants with them, were pruned on [0-9-]{10}");
    }
}
