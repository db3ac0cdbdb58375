package dev.backfleet.coordinator.operation;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.ChangeSettings.Change;
import dev.backfleet.coordinator.operation.ChangeSettings.Wanted;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.PromoteWave.Promoted;
import dev.backfleet.coordinator.operation.RetryShards.Retried;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submit, set, promote and retry without a command line: what they do, refuse and write down. */
@Tag("server")
class JobOperationsTest {
    private static final String WAVES = "rollout: [{ tenants: [1] }, { percent: 100 }]\n";

    private static Bench bench;

    @BeforeAll
    static void open() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    private static Wanted rate(long rowsPerSecond) {
        return new Wanted(
                Optional.of(OptionalLong.of(rowsPerSecond)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Wanted duration(Duration duration) {
        return new Wanted(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(duration),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void a_spec_is_stored_and_audited_or_refused_whole() {
        bench.job("");
        var spec = SpecParser.parse("s.yaml", Bench.SPEC);
        bench.assertRefused(
                Code.CONFLICT,
                "a job named j is unfinished: see 'backfleet status j', cancel it, or give this one another name",
                () -> bench.submit().run(ANN, spec));
        bench.state("SUCCEEDED");
        var again = new How(false, true, false);
        bench.assertNothingWithoutAudit(() -> bench.submit().run(ANN, spec, again));
        assertThatThrownBy(() ->
                        bench.submit().run(ANN, SpecParser.parse("s.yaml", "name: k\ntable: no\nset: { n: 1 }\n")))
                .isInstanceOf(SpecException.class);
        assertThat(bench.audit()).isEmpty();
        var submitted = bench.submit().run(ANN, spec, again);
        assertThat(bench.ask("select state from backfleet.job where id = " + submitted.id()))
                .isEqualTo("PLANNING");
        assertThat(bench.audit()).containsExactly("ann j submit >");
    }

    // Otherwise a retried script would change the rows a second time.
    @Test
    void a_name_that_succeeded_runs_again_only_if_that_is_asked_for() {
        var job = bench.job("");
        var spec = SpecParser.parse("s.yaml", Bench.SPEC);
        bench.state("SUCCEEDED");
        bench.assertRefused(
                Code.ALREADY_DONE,
                "a job named j (id " + job
                        + ") has SUCCEEDED: a second run would change its rows again; if that is meant,"
                        + " --again; otherwise give this one another name",
                () -> bench.submit().run(ANN, spec));
        var second = bench.submit().run(ANN, spec, new How(false, true, false)).id();
        bench.assertRefused(
                Code.CONFLICT,
                "a job named j is unfinished: see 'backfleet status j', cancel it, or give this one another name",
                () -> bench.submit().run(ANN, spec, new How(false, true, false)));
        // The newest one did not succeed; the one before it did.
        bench.rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now() where id = " + second);
        bench.assertRefused(
                Code.ALREADY_DONE,
                "a job named j (id " + job
                        + ") has SUCCEEDED: a second run would change its rows again; if that is meant,"
                        + " --again; otherwise give this one another name",
                () -> bench.submit().run(ANN, spec));
    }

    @Test
    void of_a_job_with_where_it_is_said_which_rows_a_second_run_would_change() {
        bench.job("where: n = 0\n");
        bench.state("SUCCEEDED");
        assertThatThrownBy(() -> bench.submit().run(ANN, SpecParser.parse("s.yaml", Bench.SPEC + "where: n = 0\n")))
                .isInstanceOf(OperationRefused.class)
                .hasMessageContaining(
                        "a second run would change the rows that 'where' still selects; if that is meant,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAILED", "CANCELLED"})
    void a_name_that_did_not_succeed_can_be_submitted_again(String state) {
        bench.job("");
        bench.state(state);
        assertThat(bench.submit()
                        .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC))
                        .id())
                .isPositive();
    }

    @Test
    void a_refused_submission_uses_up_no_id() throws Exception {
        var first = bench.job("");
        var refused = new CopyOnWriteArrayList<Code>();
        for (var spec : List.of(Bench.SPEC, "name: k\ntable: no\nset: { n: 1 }\n")) {
            assertThatThrownBy(() -> bench.submit().run(ANN, SpecParser.parse("s.yaml", spec)))
                    .isInstanceOfAny(OperationRefused.class, SpecException.class);
        }
        bench.state("CANCELLED");
        // Of two at the same moment one is stored, and the other finds the name in use.
        var pool = Executors.newFixedThreadPool(2);
        try {
            var submission = new SubmitJob(new PostgresCatalog(bench.database()), new StoringTogether());
            Callable<Long> submit = () -> {
                try {
                    return submission
                            .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC))
                            .id();
                } catch (OperationRefused e) {
                    refused.add(e.code());
                    return 0L;
                }
            };
            var stored = pool.invokeAll(Collections.nCopies(2, submit));
            var ids = new ArrayList<Long>();
            for (var one : stored) {
                ids.add(one.get());
            }
            assertThat(ids).containsOnlyOnce(first + 1).contains(0L);
        } finally {
            pool.shutdownNow();
        }
        assertThat(refused).containsExactly(Code.CONFLICT);
        bench.state("CANCELLED");
        assertThat(bench.submit()
                        .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC))
                        .id())
                .isEqualTo(first + 2);
    }

    @Test
    void a_job_that_is_submitted_paused_is_planned_and_starts_with_a_resume() {
        bench.job("");
        bench.state("CANCELLED");
        bench.rows.execute("truncate backfleet.audit");
        var job = bench.submit()
                .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC), new How(true, false, false))
                .id();
        assertThat(bench.audit()).containsExactly("ann j submit >", "ann j pause PLANNING > submitted with --paused");
        var planned = new PostgresPlans(bench.database()).plan(job).orElseThrow();
        assertThat(planned.state()).isEqualTo(JobState.PAUSED);
        assertThat(planned.shards()).isPositive();
        assertThat(bench.ask("select reason from backfleet.job where id = " + job))
                .isEqualTo("paused by ann: submitted with --paused");
        assertThat(bench.resume()
                        .run(ANN, new ControlSubject("j", null), Optional.empty())
                        .state())
                .contains(JobState.RUNNING);
    }

    @Test
    void a_resume_before_the_plan_lets_a_paused_job_run() {
        bench.job("");
        bench.state("CANCELLED");
        var job = bench.submit()
                .run(ANN, SpecParser.parse("s.yaml", Bench.SPEC), new How(true, false, false))
                .id();
        bench.resume().run(ANN, new ControlSubject("j", null), Optional.empty());
        assertThat(new PostgresPlans(bench.database()).plan(job).orElseThrow().state())
                .isEqualTo(JobState.RUNNING);
    }

    @Test
    void settings_are_changed_and_audited_or_refused_whole() {
        var job = bench.job("rate: { rows-per-second: 50000 }\n");
        bench.assertNothingWithoutAudit(() -> bench.changeSettings().run(ANN, "j", rate(7)));
        var changed = bench.changeSettings().run(ANN, "j", rate(7));
        assertThat(changed.id()).isEqualTo(job);
        assertThat(changed.changes()).containsExactly(new Change("rate", "50000", "7"));
        assertThat(bench.audit()).containsExactly("ann j set rate 50000 > 7");
        bench.assertRefused(Code.NOT_FOUND, "no job x: 'backfleet jobs' lists them", () -> bench.changeSettings()
                .run(ANN, "x", rate(7)));
        bench.assertRefused(
                Code.INVALID,
                "--batch-duration: 2s is too long for this server: a batch must end before deadlock_timeout; write"
                        + " at most 500ms",
                () -> bench.changeSettings().run(ANN, "j", duration(Duration.ofSeconds(2))));
        bench.state("SUCCEEDED");
        bench.assertRefused(
                Code.CONFLICT, "job j is SUCCEEDED: its settings can no longer be changed", () -> bench.changeSettings()
                        .run(ANN, "j", rate(8)));
    }

    @Test
    void the_next_wave_begins_when_it_may() {
        var job = bench.job(WAVES);
        bench.assertRefused(
                Code.NOT_NOW,
                "wave 1 of 2 is not done: 1 shard is open; --early begins the next wave nevertheless",
                () -> bench.promote().run(ANN, "j", Optional.empty(), false));
        bench.assertNothingWithoutAudit(() -> bench.promote().run(ANN, "j", Optional.empty(), true));
        assertThat(bench.promote().run(ANN, "j", Optional.empty(), true)).isEqualTo(new Promoted(job, 2, 2, false));
        assertThat(bench.promote().run(ANN, "j", Optional.of(2), false)).isEqualTo(new Promoted(job, 2, 2, true));
        assertThat(bench.audit()).containsExactly("ann j promote 1 > 2");
        bench.assertRefused(Code.INVALID, "there is no wave 3: j has waves 1 to 2", () -> bench.promote()
                .run(ANN, "j", Optional.of(3), true));
        bench.assertRefused(Code.CONFLICT, "j is in its last wave, 2 of 2", () -> bench.promote()
                .run(ANN, "j", Optional.empty(), false));
    }

    @Test
    void without_a_next_wave_there_is_nothing_to_promote() {
        bench.job(WAVES);
        bench.state("FAILED");
        bench.assertRefused(Code.CONFLICT, "j is FAILED", () -> bench.promote().run(ANN, "j", Optional.empty(), true));
        bench.job("");
        bench.assertRefused(Code.CONFLICT, "j has no rollout: all its shards are dispatched", () -> bench.promote()
                .run(ANN, "j", Optional.empty(), true));
    }

    @Test
    void failed_shards_are_put_back_and_audited_or_refused_whole() {
        bench.job("");
        assertThat(bench.retryShards().run(ANN, "j")).isEqualTo(new Retried(JobState.RUNNING, 0, 0));
        assertThat(bench.audit()).isEmpty();
        bench.state("CANCELLED");
        bench.assertRefused(Code.CONFLICT, "job j is CANCELLED: its shards are not retried", () -> bench.retryShards()
                .run(ANN, "j"));
        bench.rows.execute("update backfleet.shard set state = 'FAILED', error = 'e' where number = 1");
        bench.state("FAILED");
        bench.assertNothingWithoutAudit(() -> bench.retryShards().run(ANN, "j"));
        bench.rows.job("J", "RUNNING");
        bench.rows.execute("update backfleet.job set name = 'j' where name = 'J'");
        bench.rows.execute("truncate backfleet.audit");
        var failed = bench.ask("select id from backfleet.job where state = 'FAILED'");
        bench.assertRefused(
                Code.CONFLICT,
                "a newer unfinished job uses the name of " + failed + ": cancel it, or wait until it ends",
                () -> bench.retryShards().run(ANN, failed));
        bench.rows.execute("delete from backfleet.job where state = 'RUNNING'");
        assertThat(bench.retryShards().run(ANN, "j")).isEqualTo(new Retried(JobState.RUNNING, 1, 0));
        assertThat(bench.audit()).containsExactly("ann j retry > 1 shard");
    }

    /** Two submissions have passed all checks when the first of them is stored. */
    private static final class StoringTogether implements Intake {
        private final Intake intake = new PostgresIntake(bench.database());
        private final CyclicBarrier both = new CyclicBarrier(2);

        @Override
        public Optional<NameUse> use(String name) {
            return intake.use(name);
        }

        @Override
        public Stored store(ParsedSpec spec, PinnedSpec pinned, Actor actor, How how) {
            try {
                both.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            return intake.store(spec, pinned, actor, how);
        }

        @Override
        public List<OtherJob> unfinished(List<JobDefinition.Table> tables) {
            return intake.unfinished(tables);
        }

        @Override
        public RuntimeException explained(TableName table, RuntimeException failure) {
            return intake.explained(table, failure);
        }
    }
}
