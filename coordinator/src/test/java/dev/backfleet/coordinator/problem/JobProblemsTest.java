package dev.backfleet.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.screen.Screens;
import dev.backfleet.coordinator.screen.WorkerState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
                .isEqualTo("no batch was committed for 22s: pid 4711 (psql, app, idle in transaction) holds ACCESS "
                        + "EXCLUSIVE on public.people, in a transaction that began 1m 30s ago; it continues when that "
                        + "transaction ends; 'select pg_terminate_backend(4711)' ends it");
    }

    @Test
    void a_reconcile_that_cannot_read_its_standby_says_which_one_why_and_what_to_do() {
        var problem =
                only(still(0, 0).findings(standby("replica:5432/app (worker w, at 12:00:00 UTC): 28P01: password")));
        assertThat(problem.code()).isEqualTo(ProblemCode.STANDBY_NOT_READ);
        assertThat(problem.since()).isEqualTo(Screens.NOW.minusSeconds(22));
        assertThat(problem.goesOnByItself()).isTrue();
        assertThat(problem.text())
                .isEqualTo(
                        "rows cannot be read on the standby replica:5432/app (worker w, at 12:00:00 UTC): 28P01: password;"
                                + " let pg_hba.conf of the standby accept the workers' user as that of the primary does, and wait until"
                                + " the standby has replayed the user's password; it continues by itself then. Or 'backfleet cancel"
                                + " split-names', and begin a reconcile without --on");
        assertThat(only(still(0, 0).findings(standby("r: 42501: no"))).remedy()).startsWith("grant it on the primary");
        assertThat(only(still(0, 0).findings(standby("r: 08006: no"))).remedy())
                .startsWith("check that the standby runs");
        assertThat(only(still(0, 0).findings(standby("r: 55000: no"))).remedy()).startsWith("let the standby replay");
        assertThat(JobProblems.state(
                        still(0, 0).findings(standby("r: 55000: no")).snapshot()))
                .isEqualTo("RUNNING (standby not read)");
        assertThat(codes(new Screens().state(JobState.PAUSED).findings(standby("r: 42501: no"))))
                .doesNotContain(ProblemCode.STANDBY_NOT_READ);
    }

    private static JobStatus.Findings standby(String note) {
        return new JobStatus.Findings(List.of(), null, null, null, null, note, null, null, null);
    }

    @Test
    void a_halted_job_whose_budget_is_no_longer_spent_says_that_a_resume_continues() {
        var error = "error budget spent: quarantined 62, error-budget.rows is 60; most often SQLSTATE 23514 (62)";
        var halted = new Screens().state(JobState.HALTED).error(error);
        assertThat(JobProblems.of(halted.quarantined(62).snapshot()).get(0).text())
                .isEqualTo(
                        "the error budget is no longer spent: 62 rows in quarantine, 1,000 rows and 0.1% of"
                                + " the scanned rows may be; 'backfleet resume split-names' continues; 'backfleet cancel split-names' ends it");
        assertThat(JobProblems.of(halted.quarantined(600).snapshot()).get(0).text())
                .as("more than 0.1% of the scanned rows")
                .startsWith("error budget spent: quarantined 62");
        assertThat(JobProblems.of(
                                halted.error("column n is gone").quarantined(62).snapshot())
                        .get(0)
                        .text())
                .startsWith("column n is gone");
    }

    @Test
    void rows_that_still_match_are_changed_by_another_submission_once_their_trigger_is_fixed() {
        var left = new Screens()
                .state(JobState.SUCCEEDED)
                .findings(new JobStatus.Findings(List.of(), null, 7L, null, null, null, null, null, null));
        assertThat(only(left).remedy())
                .isEqualTo("if a trigger kept them, fix it first; then 'backfleet submit SPEC --again' changes them");
    }

    @Test
    void a_prepared_transaction_has_no_session_to_end() {
        var prepared = new Blocker(null, "app", "tx-1", null, Screens.NOW, "RowExclusiveLock", "public.people");
        assertThat(only(still(0, 3).blocker(prepared)).text())
                .contains("the prepared transaction tx-1 (app) holds ROW EXCLUSIVE on public.people, in")
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
                .containsExactly(ProblemCode.NO_BATCH, ProblemCode.THROTTLED);
        assertThat(codes(new Screens()
                        .notAccepting("w-1", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                        .stillFor(22, 2, 0)))
                .containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS);
        // The other worker could take them.
        assertThat(codes(still(2, 0).notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)))
                .containsExactly(ProblemCode.TASKS_NOT_TAKEN, ProblemCode.WORKERS_ACCEPT_NO_TASKS);
    }

    private static JobStatus.Throttled throttled(double factor) {
        return new JobStatus.Throttled(factor, "lock-queue", 1.0, 0.6, null, "HARD", null, Map.of());
    }

    private static JobStatus.Throttled locked(double factor, double seconds, String level, @Nullable String note) {
        return new JobStatus.Throttled(
                factor,
                "lock-queue",
                seconds,
                level.equals("CALM") ? 0.2 : 0.6,
                Measure.DURATION,
                level,
                note,
                Map.of());
    }

    @Test
    void a_lock_suspends_by_name_and_afterwards_the_way_back_is_told() {
        var holds = "pid 4711 (psql, app, idle in transaction) holds ACCESS EXCLUSIVE on public.people for 22s";
        var suspended = still(0, 3).throttle(locked(0, 22, "HARD", holds));
        assertThat(only(suspended).text())
                .isEqualTo("suspended: " + holds + "; it resumes by itself when that transaction ends; "
                        + "'select pg_terminate_backend(4711)' ends its session");
        assertThat(state(suspended)).isEqualTo("suspended (lock)");
        var behind = "waits for ACCESS EXCLUSIVE on public.people for 3s, behind pid 4712 (app, active)";
        assertThat(only(still(0, 3).throttle(locked(0, 3, "HARD", "pid 4711 (psql) " + behind)))
                        .text())
                .as("the one that is in the way")
                .endsWith("; 'select pg_terminate_backend(4712)' ends its session");
        var halved = new Screens().workers(1).throttle(locked(0.5, 1, "HARD", holds));
        assertThat(only(halved).text()).startsWith("throttled to 50 % by a lock: pid 4711 (psql, app, ");
        assertThat(state(halved)).isEqualTo("RUNNING (throttled to 50 %, lock)");

        // Neither the lock that is gone nor a batch that is missing since it came is the cause any more.
        var recovering = still(0, 3).throttle(locked(0.1, 0, "CALM", null));
        assertThat(only(recovering).text()).isEqualTo("recovering from lock-queue: 10 %, full speed in about 18s");
        assertThat(state(recovering)).isEqualTo("RUNNING (recovering, 10 %)");
        assertThat(only(still(0, 0).throttle(locked(0, 0, "CALM", null))).text())
                .isEqualTo("recovering from lock-queue: 0 %, full speed in about 23s");
    }

    @Test
    void a_signal_that_stays_near_its_threshold_is_no_recovery() {
        var near = new JobStatus.Throttled(0.4, "wal-rate", 90.0, 100.0, Measure.NUMBER, "CALM", null, Map.of());
        assertThat(only(new Screens().workers(1).throttle(near)).text())
                .isEqualTo("throttled to 40 % by wal-rate: 90, soft threshold 100; it speeds up as the signal falls");
    }

    private static String state(Screens screens) {
        return JobReport.of(screens.snapshot()).state();
    }

    @Test
    void the_state_says_what_a_running_job_waits_for() {
        assertThat(state(new Screens().workers(1))).isEqualTo("RUNNING");
        assertThat(state(new Screens().workers(1).wave(new WaveStatus(1, 3, 0, Screens.NOW, null, false, null))))
                .isEqualTo("RUNNING (waits for promotion)");
        assertThat(state(still(0, 0).fleetPaused("ann", null))).isEqualTo("RUNNING (fleet paused)");
        assertThat(state(new Screens().state(JobState.PAUSED).reason("paused by ann")))
                .isEqualTo("PAUSED");
    }

    @Test
    void a_worker_that_does_not_work_says_why() {
        var healthy = new Screens().workers(1).snapshot();
        assertThat(WorkerProblems.ofOne(healthy.fleet(), healthy.workers().get(0)))
                .isEmpty();
        var idle = new Screens()
                .fleetPaused("ann", null)
                .notAccepting("w-1", NotAccepting.FLEET_PAUSED)
                .snapshot();
        assertThat(WorkerState.words(idle.workers().get(0)))
                .isEqualTo("idle: fleet paused since 2026-11-21 10:04:03 UTC");
        assertThat(WorkerProblems.ofOne(idle.fleet(), idle.workers().get(0)))
                .extracting(Problem::code)
                .containsExactly(ProblemCode.FLEET_PAUSED);
        var lost = new Screens().worker("w-9", false, true).snapshot();
        assertThat(WorkerProblems.ofOne(lost.fleet(), lost.workers().get(0)))
                .extracting(Problem::code)
                .containsExactly(ProblemCode.WORKER_LOST);
        var deaf = new Screens()
                .notAccepting("w-1", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                .snapshot();
        assertThat(WorkerProblems.ofOne(deaf.fleet(), deaf.workers().get(0)))
                .extracting(Problem::code)
                .containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS);
    }

    @Test
    void a_job_that_waits_for_its_time_does_not_tell_of_workers_lost_elsewhere() {
        var lost = new Screens().workers(1).worker("w-9", false, true, new WorkerStatus.Held(8, 1));
        assertThat(codes(lost.window(false))).containsExactly(ProblemCode.OUTSIDE_WINDOW);
        var own = new Screens().workers(1).worker("w-9", false, true, new WorkerStatus.Held(7, 1));
        assertThat(codes(own.window(false))).containsExactly(ProblemCode.OUTSIDE_WINDOW, ProblemCode.WORKER_LOST);
        assertThat(codes(new Screens().workers(1).worker("w-9", false, true).fleetPaused("ann", null)))
                .containsExactly(ProblemCode.FLEET_PAUSED);
    }

    @Test
    void the_cause_comes_before_what_slows_the_job_and_remarks_come_last() {
        var screens = still(0, 0)
                .quarantined(3)
                .notes("shard 1 has not advanced", "shard 2 has not advanced")
                .notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                .worker("w-9", false, true)
                .noLeader();
        assertThat(codes(screens))
                .containsExactly(
                        ProblemCode.NO_COORDINATOR,
                        ProblemCode.ROWS_IN_QUARANTINE,
                        ProblemCode.WORKERS_ACCEPT_NO_TASKS,
                        ProblemCode.REMARK,
                        ProblemCode.REMARK,
                        ProblemCode.WORKER_LOST);
        assertThat(codes(screens.fleetPaused("ann", null)))
                .startsWith(ProblemCode.FLEET_PAUSED, ProblemCode.ROWS_IN_QUARANTINE);
    }

    @Test
    void of_two_that_are_as_grave_the_newer_one_comes_first() {
        var screens = new Screens()
                .notAccepting("w-1", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                .wave(new WaveStatus(1, 3, 0, Screens.NOW, null, false, null));
        assertThat(codes(screens)).containsExactly(ProblemCode.WAVE_DONE, ProblemCode.WORKERS_ACCEPT_NO_TASKS);
        screens.wave(new WaveStatus(1, 3, 0, Screens.NOW.minusSeconds(91), null, false, null));
        assertThat(codes(screens)).containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS, ProblemCode.WAVE_DONE);
    }

    @Test
    void a_session_in_the_way_of_batches_is_named_although_single_batches_get_through() {
        var note = "shard 1 has not advanced since …: each try failed, the last one at …, of worker w-1, with 55P03: "
                + "canceling statement due to lock timeout";
        var moving = new Screens().workers(1).blocker(BLOCKER);
        assertThat(codes(moving)).isEmpty();
        assertThat(codes(moving.notes(note))).containsExactly(ProblemCode.BLOCKED_BY_SESSION, ProblemCode.REMARK);
        assertThat(JobProblems.of(moving.snapshot()).get(0).text())
                .startsWith("batches do not get their locks (55P03): pid 4711 (psql, app, idle in transaction) holds ");
        assertThat(state(moving)).isEqualTo("RUNNING (blocked by session)");
        // The throttle has named it already.
        assertThat(codes(moving.throttle(locked(0.5, 1, "HARD", "pid 4711 holds"))))
                .containsExactly(ProblemCode.THROTTLED, ProblemCode.REMARK);
    }

    @Test
    void a_job_that_creeps_between_locks_says_so_although_each_shard_advances() {
        assertThat(codes(new Screens().recentBatches("w-1", 4, 0, 9))).isEmpty();
        assertThat(codes(new Screens().recentBatches("w-1", 2, 0, 2))).isEmpty();
        var slow = new Screens().recentBatches("w-1", 5, 0, 9).recentBatches("w-2", 30, 40, 40);
        var problem = only(slow);
        assertThat(problem.code()).isEqualTo(ProblemCode.BLOCKED_BY_SESSION);
        assertThat(problem.text())
                .isEqualTo(
                        "35 of the last 49 batches did not get their locks (55P03): other sessions lock the same rows, each for "
                                + "less than 3 s, or this role may not see them; it goes faster when they change fewer rows of the table");
        assertThat(state(slow)).isEqualTo("RUNNING (blocked by session)");
        assertThat(only(slow.blocker(BLOCKER)).text())
                .startsWith(
                        "35 of the last 49 batches did not get their locks (55P03): pid 4711 (psql, app, idle in transaction) ");
        assertThat(codes(slow.state(JobState.PAUSED))).containsExactly(ProblemCode.JOB_PAUSED);
    }

    @Test
    void a_job_that_creeps_row_by_row_says_so_although_it_commits_batches() {
        assertThat(codes(new Screens().recentBatches("w-1", 0, 4, 9))).isEmpty();
        assertThat(codes(new Screens().recentBatches("w-1", 0, 2, 2))).isEmpty();
        var slow = new Screens().recentBatches("w-1", 1, 5, 9).recentBatches("w-2", 0, 30, 40);
        var problem = only(slow);
        assertThat(problem.code()).isEqualTo(ProblemCode.SLOW_ROWS);
        assertThat(problem.text())
                .startsWith(
                        "35 of the last 49 batches had only one or two rows, and took longer than 100ms, which a batch is "
                                + "to take; 'backfleet plan SPEC' shows ");
        assertThat(state(slow)).isEqualTo("RUNNING (slow rows)");
        assertThat(codes(slow.state(JobState.PAUSED))).containsExactly(ProblemCode.JOB_PAUSED);
    }

    @Test
    void what_has_just_begun_is_no_failure() {
        var published = only(still(2, 0).oldestTask(1));
        assertThat(published.code()).isEqualTo(ProblemCode.NO_BATCH);
        assertThat(published.text())
                .isEqualTo("no batch was committed for 22s, and tasks were published a moment ago; it continues when "
                        + "workers take them; if that does not come, check Kafka, and that the workers have the "
                        + "coordinator's topic prefix");
        assertThat(codes(new Screens().workers(1).notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE, 2)))
                .isEmpty();
        assertThat(codes(new Screens().workers(1).notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE, 11)))
                .containsExactly(ProblemCode.WORKERS_ACCEPT_NO_TASKS);
    }

    @Test
    void when_no_worker_is_alive_the_last_one_is_named() {
        assertThat(only(new Screens().worker("w-8", false, true).worker("w-9", false, true))
                        .text())
                .matches(
                        "no worker is alive: the last heartbeat was that of w-[89] on .+, 12s ago; killed, frozen or cut off: "
                                + "look there; 'backfleet worker' starts another");
        assertThat(only(new Screens()).text()).isEqualTo("no worker is alive; 'backfleet worker' starts one");
    }

    @Test
    void a_job_that_paused_itself_is_told_from_one_that_somebody_paused() {
        var paused = new Screens().state(JobState.PAUSED).reason("paused by ann");
        assertThat(state(paused)).isEqualTo("PAUSED");
        assertThat(state(paused.trouble("53100", null))).isEqualTo("PAUSED (by itself)");
    }

    @Test
    void a_worker_that_is_lost_is_named_while_others_live() {
        var holding = only(new Screens().workers(1).worker("w-9", false, true, new WorkerStatus.Held(7, 9)));
        assertThat(holding.severity()).isEqualTo(Severity.WARNING);
        assertThat(holding.text())
                .isEqualTo("a worker has sent no heartbeat for 12s: w-9; killed, frozen or cut off; other workers take "
                        + "its shards by themselves");
        var over = only(new Screens().workers(1).worker("w-9", false, true));
        assertThat(over.severity()).isEqualTo(Severity.REMARK);
        assertThat(over.text())
                .isEqualTo("a worker has sent no heartbeat for 12s: w-9; killed, frozen or cut off; no shard is left "
                        + "with it");
        assertThat(codes(new Screens().worker("w-9", false, true))).containsExactly(ProblemCode.NO_WORKER);
    }
}
