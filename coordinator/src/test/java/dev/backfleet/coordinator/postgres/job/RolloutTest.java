package dev.backfleet.coordinator.postgres.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.reconcile.PostgresDrifts;
import dev.backfleet.coordinator.postgres.reconcile.PostgresSchedules;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job goes from wave to wave. */
@Tag("server")
class RolloutTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\ntenant: tenant\nshard: { rows: 1000 }\n";
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("update backfleet.leader set epoch = 1, lease_until = 'infinity'");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    /** Tenant 3 owns 61 %, the rest is split between a thousand. */
    @BeforeEach
    void table() throws SQLException {
        db.run("create table t (tenant integer, id bigint, n integer, primary key (tenant, id))");
        db.run(
                "insert into t select case when i <= 12200 then 3 else 100 + i % 1000 end, i from generate_series(1, 20000) i");
        db.run("analyze t");
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table t; delete from backfleet.job; delete from backfleet.audit");
    }

    private static long plan(String rollout) {
        var job = db.submit(SPEC + rollout).id();
        new PostgresPlans(db.database).plan(job);
        return job;
    }

    private static void finishDispatched() throws SQLException {
        db.run("update backfleet.shard set state = 'DONE', cursor = upper where state = 'DISPATCHED'");
    }

    private static String dispatchable(long job) throws SQLException {
        new PostgresDispatchQueue(db.database).dispatchIfLeading(job, 1000, 1);
        var tenants =
                db.ask("select string_agg(distinct upper[1], ' ') from backfleet.shard where state = 'DISPATCHED'");
        finishDispatched();
        return tenants;
    }

    private static PostgresRollouts rollouts() {
        return new PostgresRollouts(db.database);
    }

    private static boolean promote(long job, int wave, boolean early) {
        return rollouts()
                .promoteIfAtWave(job, wave, early, Actor.commandLine("somebody"))
                .isPresent();
    }

    @Test
    void each_wave_waits_for_a_promotion() throws SQLException {
        var job = plan("rollout: [{ tenants: [107, 3] }, { percent: 10 }, { percent: 100 }]");
        assertThat(dispatchable(job)).isEqualTo("107 3");
        var tenants = new PostgresTenants(db.database);
        assertThat(tenants.page(job, Set.of(), "2", 2).orElseThrow().tenants())
                .extracting(tenant -> tenant.tenant() + " " + tenant.state())
                .containsExactly("3 DONE", "100 WAITING");
        assertThat(dispatchable(job)).as("wave 2 before its time").isEqualTo("null");
        assertThat(rollouts().noteDoneIfRunning()).containsExactly(new Rollouts.Wave(job, 1));
        assertThat(rollouts().noteDoneIfRunning()).as("noted twice").isEmpty();
        assertThat(rollouts().promoteIfSoaked()).as("by itself").isEmpty();

        assertThat(promote(job, 1, false)).isTrue();
        assertThat(promote(job, 1, false)).as("the same wave twice").isFalse();
        assertThat(db.ask("select concat_ws(' ', who, action, old_value, new_value) from backfleet.audit "
                        + "where action <> 'submit'"))
                .isEqualTo("somebody promote 1 2");
        assertThat(promote(job, 2, false)).as("while it has open shards").isFalse();
        var all = Integer.parseInt(db.ask("select count(*) from backfleet.shard where wave > 1"));
        assertThat(Integer.parseInt(db.ask("select count(*) from backfleet.shard where wave = 2")))
                .isEqualTo((all + 9) / 10);
        assertThat(promote(job, 2, true)).as("early").isTrue();
        dispatchable(job);
        assertThat(new PostgresJobs(db.database, false).finish(job)).isNotEmpty();
        assertThat(promote(job, 3, true)).as("after the last").isFalse();
    }

    @Test
    void all_shards_of_a_large_tenant_are_in_one_wave() throws SQLException {
        plan("rollout: [{ percent: 20 }, { percent: 50 }, { percent: 100 }]");
        assertThat(db.column("select distinct wave from backfleet.shard where upper[1] = '3'"))
                .containsExactly("3");
        assertThat(db.column("select distinct wave from backfleet.shard order by 1"))
                .containsExactly("1", "2", "3");
    }

    @Test
    void shards_are_small_enough_for_the_smallest_step() throws SQLException {
        plan("rollout: [{ percent: 1 }, { percent: 100 }]");
        assertThat(Integer.parseInt(db.ask("select count(*) from backfleet.shard")))
                .isBetween(60, 140);
    }

    @Test
    void the_next_wave_begins_by_itself_after_the_soak_time() throws SQLException {
        var job = plan("rollout: { waves: [{ percent: 20 }, { percent: 100 }], promote: auto, soak: 1h }");
        dispatchable(job);
        assertThat(rollouts().noteDoneIfRunning()).hasSize(1);
        assertThat(rollouts().promoteIfSoaked())
                .as("before the soak time is over")
                .isEmpty();
        db.run("update backfleet.job set wave_done_at = wave_done_at - interval '1 hour'");
        assertThat(rollouts().promoteIfSoaked()).containsExactly(new Rollouts.Wave(job, 2));
        db.run("update backfleet.job set wave_done_at = '-infinity'");
        assertThat(rollouts().promoteIfSoaked()).as("after the last").isEmpty();
    }

    @Test
    void a_wave_is_reconciled_before_the_next_one_begins_by_itself() throws SQLException {
        var job = plan("""
                rollout: { waves: [{ percent: 20 }, { percent: 100 }], promote: auto, soak: 1h, reconcile: true }
                reconcile: { different: n <> 1 }
                """);
        dispatchable(job);
        rollouts().noteDoneIfRunning();
        var schedules = new PostgresSchedules(db.database);
        assertThat(schedules.wavesDue()).as("before the soak time is over").isEmpty();
        db.run("update backfleet.job set wave_done_at = wave_done_at - interval '1 hour'");
        assertThat(schedules.wavesDue()).containsExactly(job);
        assertThat(rollouts().promoteIfSoaked()).as("not reconciled").isEmpty();

        schedules.beginOfWaves(job);
        assertThat(schedules.wavesDue()).as("one at a time").isEmpty();
        var first = pass();
        assertThat(ranges(first, "true")).isNotEqualTo("").isEqualTo(ranges(job, "wave = 1"));
        db.run("insert into backfleet.reconcile_tenant (job_id, tenant, shard, finding, written, rows) values (" + first
                + ", '', 1, 'DIFFERENT', 'UNKNOWN', 12)");
        finish(first);
        assertThat(rollouts().promoteIfSoaked()).as("rows are wrong").isEmpty();
        assertThat(schedules.wavesDue()).as("by itself again").isEmpty();
        assertThat(new PostgresDrifts(db.database).unpublished())
                .singleElement()
                .satisfies(drift -> assertThat(drift.different()).isEqualTo(12));
        new PostgresDrifts(db.database).published(first);
        assertThat(new PostgresDrifts(db.database).unpublished()).isEmpty();

        schedules.beginOfWaves(job);
        finish(pass());
        assertThat(rollouts().promoteIfSoaked()).containsExactly(new Rollouts.Wave(job, 2));
    }

    @Test
    void waves_that_begin_automatically_are_reconciled_if_their_rows_can_be_compared() throws SQLException {
        var waves = "rollout: { waves: [{ percent: 20 }, { percent: 100 }], promote: ";
        assertThat(reconciles("tenant + 1", waves + "auto }")).isEqualTo("true");
        assertThat(reconciles("tenant + 1", waves + "auto, reconcile: false }")).isEqualTo("false");
        assertThat(reconciles("tenant + 1", waves + "manual }")).isEqualTo("false");
        assertThat(reconciles("n + 1", waves + "auto }"))
                .isEqualTo("false the next wave begins by itself, without a look at the rows: the expression of n "
                        + "reads n, which the job itself sets; say which rows are wrong: reconcile: { different: \"…\" }; or "
                        + "reconcile: false under rollout, if that is meant");
        assertThat(reconciles("n + 1", waves + "auto, reconcile: false }")).isEqualTo("false");
        assertThat(reconciles("n + 1", waves + "auto }\nreconcile: { different: n <> 1 }"))
                .isEqualTo("true");
        assertThat(reconciles("random()::integer", waves + "auto }"))
                .startsWith("false the next wave begins by itself");
        assertThatThrownBy(() -> reconciles("extract(epoch from now())::integer", waves + "auto, reconcile: true }"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("rollout.reconcile", "needs to compute the change again", "calls now");
    }

    /** Whether the waves of a job are reconciled, and the finding about that. */
    private static String reconciles(String value, String rollout) throws SQLException {
        db.run("delete from backfleet.job");
        var job = db.submit(SPEC.replace("n + 1", value) + rollout);
        return db.ask("select rollout ->> 'reconcile' from backfleet.job")
                + job.findings().stream()
                        .filter(finding -> finding.code() == FindingCode.WAVES_NOT_COMPARED)
                        .map(finding -> " " + finding.line())
                        .collect(Collectors.joining());
    }

    // Planned: the leader would do it next.
    private static long pass() throws SQLException {
        var pass = Long.parseLong(db.ask("select max(id) from backfleet.job where reconciles is not null"));
        new PostgresPlans(db.database).plan(pass);
        return pass;
    }

    private static void finish(long pass) throws SQLException {
        db.run("update backfleet.shard set state = 'DONE', cursor = upper where job_id = " + pass);
        assertThat(new PostgresJobs(db.database, false).finish(pass)).containsExactly(JobState.SUCCEEDED);
    }

    private static String ranges(long job, String which) throws SQLException {
        return db.ask("select coalesce(string_agg(concat_ws(' ', relation, lower, upper), ', ' order by upper), '') "
                + "from backfleet.shard where job_id = " + job + " and " + which);
    }

    @Test
    void a_wave_with_a_failed_shard_waits_for_an_operator() throws SQLException {
        var job = plan("rollout: { waves: [{ percent: 20 }, { percent: 100 }], promote: auto, soak: 1s }");
        dispatchable(job);
        db.run("update backfleet.shard set state = 'FAILED', error = 'no' where number = "
                + "(select min(number) from backfleet.shard where state = 'DONE')");
        rollouts().noteDoneIfRunning();
        db.run("update backfleet.job set wave_done_at = '-infinity'");
        assertThat(rollouts().promoteIfSoaked()).isEmpty();
        assertThat(promote(job, 1, false)).isTrue();
    }

    @Test
    void a_wave_without_shards_is_passed_over() throws SQLException {
        db.run("delete from t where tenant <> 3");
        plan("rollout: [{ percent: 1 }, { percent: 100 }]");
        assertThat(db.ask("select wave from backfleet.job")).isEqualTo("2");
    }

    @Test
    void waves_of_tenants_need_shards_that_follow_tenants_and_values_of_the_column() {
        assertThatThrownBy(() -> db.submit(SPEC + "rollout: [{ tenants: [seven] }, { percent: 100 }]"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("rejects the tenant seven");
        assertThatThrownBy(() -> db.submit(
                        SPEC.replace("tenant: tenant\n", "") + "rollout: [{ tenants: [7] }, { percent: 100 }]"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("the shards do not follow tenants");
    }
}
