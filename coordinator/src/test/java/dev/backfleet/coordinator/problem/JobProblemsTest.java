package dev.backfleet.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.screen.Screens;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever does not move says why. */
class JobProblemsTest {
    private static final Blocker BLOCKER = new Blocker(
            4711,
            "app",
            "psql",
            "idle in transaction",
            Screens.NOW.minusSeconds(90),
            "AccessExclusiveLock",
            "public.people");

    private static List<ProblemCode> codes(Screens screens) {
        return JobProblems.of(screens.snapshot()).stream().map(Problem::code).toList();
    }

    private static Problem only(Screens screens) {
        var problems = JobProblems.of(screens.snapshot());
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static Screens still(int dispatched, int running) {
        return new Screens().workers(1).stillFor(22, dispatched, running);
    }

    @Test
    void a_job_that_moves_has_no_problem() {
        assertThat(codes(new Screens().workers(1))).isEmpty();
        assertThat(codes(new Screens().workers(1).stillFor(9, 0, 3))).isEmpty();
        assertThat(codes(still(0, 0).state(JobState.SUCCEEDED))).isEmpty();
        assertThat(codes(still(0, 3).resumed(5))).isEmpty();
        assertThat(codes(still(0, 3).resumed(11))).containsExactly(ProblemCode.NO_BATCH);
    }

    @Test
    void who_holds_a_lock_on_the_table_of_a_job_that_stands_still_is_named() {
        var problem = only(still(0, 3).blocker(BLOCKER));
        assertThat(problem.code()).isEqualTo(ProblemCode.BLOCKED_BY_SESSION);
        assertThat(problem.since()).isEqualTo(Screens.NOW.minusSeconds(22));
        assertThat(problem.goesOnByItself()).isTrue();
        assertThat(problem.text())
                .isEqualTo("no batch was committed for 22s: session 4711 (user app, application psql, idle in "
                        + "transaction, its transaction began 2026-11-21 10:04:03 UTC) holds AccessExclusiveLock on "
                        + "public.people; it continues when that transaction ends; 'select "
                        + "pg_terminate_backend(4711)' ends it");
    }

    @Test
    void a_prepared_transaction_has_no_session_to_end() {
        var prepared = new Blocker(null, "app", "tx-1", null, Screens.NOW, "RowExclusiveLock", "public.people");
        assertThat(only(still(0, 3).blocker(prepared)).text())
                .contains("a prepared transaction (user app, identifier tx-1, its transaction began ")
                .doesNotContain("pg_terminate_backend");
    }

    @Test
    void without_a_known_cause_it_is_said_that_nothing_moves() {
        assertThat(only(still(0, 3)).text())
                .isEqualTo("no batch was committed for 22s, and 3 shards are worked on; see the workers' logs");
        assertThat(only(still(0, 0)).text())
                .isEqualTo("no batch was committed for 22s, and no shard is worked on; see the coordinator's log");
    }

    @Test
    void tasks_that_no_worker_takes_are_a_problem_of_kafka_or_of_slots() {
        assertThat(only(still(2, 0)).text()).startsWith("tasks were published 22s ago, and no worker has taken one");
        var busy = new Screens()
                .worker(
                        "w-1",
                        true,
                        true,
                        new WorkerStatus.Held(3, 1),
                        new WorkerStatus.Held(3, 2),
                        new WorkerStatus.Held(5, 1),
                        new WorkerStatus.Held(5, 2))
                .stillFor(22, 2, 0);
        assertThat(only(busy).text()).startsWith("waits for slots: all 4 work on other jobs (ids 3, 5)");
    }

    @Test
    void a_cause_that_is_known_stands_alone() {
        assertThat(codes(still(0, 3).fleetPaused("ann", "lag"))).containsExactly(ProblemCode.FLEET_PAUSED);
        assertThat(codes(still(0, 3).window(false))).containsExactly(ProblemCode.OUTSIDE_WINDOW);
        assertThat(codes(new Screens().stillFor(22, 2, 0))).containsExactly(ProblemCode.NO_WORKER);
        assertThat(codes(still(0, 3).throttle(throttled(0)))).containsExactly(ProblemCode.THROTTLED);
        // At half its speed it would move.
        assertThat(codes(still(0, 3).throttle(throttled(0.5))))
                .containsExactly(ProblemCode.THROTTLED, ProblemCode.NO_BATCH);
        assertThat(codes(new Screens()
                        .notAccepting("w-1", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                        .stillFor(22, 2, 0)))
                .containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS);
        // The other worker could take them.
        assertThat(codes(still(2, 0).notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)))
                .containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS, ProblemCode.TASKS_NOT_TAKEN);
    }

    private static JobStatus.Throttled throttled(double factor) {
        return new JobStatus.Throttled(factor, "lock-queue", 1.0, 0.6, null, "HARD", null, Map.of());
    }

    @Test
    void a_worker_that_is_lost_is_named_while_others_live() {
        assertThat(only(new Screens().workers(1).worker("w-9", false, true)).text())
                .isEqualTo("a worker has sent no heartbeat for 12s: w-9; killed, frozen or cut off; other workers take "
                        + "its shards by themselves");
        assertThat(codes(new Screens().worker("w-9", false, true))).containsExactly(ProblemCode.NO_WORKER);
    }
}
