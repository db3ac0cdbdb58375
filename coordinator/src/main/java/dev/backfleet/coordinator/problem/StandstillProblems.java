package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why a running job has not moved for a while. */
final class StandstillProblems {

    private StandstillProblems() {}

    /**
     * What is known; nothing if the job moves, or is not to move.
     *
     * @param known the problems that are known already
     */
    static Optional<Problem> of(Snapshot snapshot, List<Problem> known) {
        var job = snapshot.job();
        var now = snapshot.fleet().at();
        var since = job.standsStillSince(now);
        if (since.isEmpty() || known.stream().anyMatch(problem -> explains(problem, snapshot))) {
            return Optional.empty();
        }
        if (!snapshot.blockers().isEmpty()) {
            return Optional.of(blocked(snapshot.blockers().get(0), since.get(), now));
        }
        if (job.shards().running() > 0) {
            return Optional.of(noBatch(job, since.get(), now));
        }
        var task = job.activity().oldestTaskAt();
        return Optional.of(waitsForSlots(snapshot, since.get())
                .orElseGet(() -> task == null ? noBatch(job, since.get(), now) : notTaken(task, now)));
    }

    private static boolean explains(Problem problem, Snapshot snapshot) {
        var job = snapshot.job();
        return switch (problem.code()) {
            case SERVER_READ_ONLY, COMMITS_WAIT, FLEET_PAUSED, OUTSIDE_WINDOW, WAVE_DONE, NO_COORDINATOR, NO_WORKER ->
                true;
            case WORKERS_ACCEPT_NO_TASKS ->
                snapshot.workers().stream().noneMatch(worker -> worker.alive() && worker.taking());
            case THROTTLED -> job.throttle().factor() == 0 || job.throttle().recovers();
            case TENANTS_PAUSED -> job.shards().running() + job.shards().dispatched() == 0;
            case JOB_FAILED,
                    JOB_HALTED,
                    ROWS_IN_QUARANTINE,
                    ROWS_LEFT_OUT,
                    JOB_PAUSED,
                    JOB_PAUSED_ITSELF,
                    REMARK,
                    WORKER_LOST,
                    BLOCKED_BY_SESSION,
                    WAITS_FOR_SLOTS,
                    TASKS_NOT_TAKEN,
                    NO_BATCH -> false;
        };
    }

    private static Problem blocked(Blocker blocker, Instant since, Instant now) {
        var pid = blocker.pid();
        return new Problem(
                ProblemCode.BLOCKED_BY_SESSION,
                Severity.WARNING,
                since,
                "no batch was committed for " + HumanTime.age(since, now) + ": " + blocker.words(now),
                "it continues when that transaction ends"
                        + (pid == null ? "" : "; 'select pg_terminate_backend(" + pid + ")' ends it"),
                true);
    }

    private static Optional<Problem> waitsForSlots(Snapshot snapshot, Instant since) {
        var accepting = snapshot.workers().stream()
                .filter(worker -> worker.alive() && worker.taking())
                .toList();
        var slots = accepting.stream().mapToInt(WorkerStatus::slots).sum();
        var busy = accepting.stream().mapToInt(WorkerStatus::busy).sum();
        if (slots == 0 || busy < slots) {
            return Optional.empty();
        }
        var others = accepting.stream()
                .flatMap(worker -> worker.shards().stream())
                .map(WorkerStatus.Held::job)
                .distinct()
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return Optional.of(new Problem(
                ProblemCode.WAITS_FOR_SLOTS,
                Severity.WARNING,
                since,
                "waits for slots: all " + HumanText.number(slots) + " work on other jobs (ids " + others + ")",
                "it continues when one is free; more workers make it sooner",
                true));
    }

    private static Problem notTaken(Instant since, Instant now) {
        return new Problem(
                ProblemCode.TASKS_NOT_TAKEN,
                Severity.WARNING,
                since,
                "tasks were published " + HumanTime.age(since, now) + " ago, and no worker has taken one",
                "check Kafka, and that the workers have the coordinator's topic prefix",
                true);
    }

    private static Problem noBatch(JobStatus job, Instant since, Instant now) {
        var running = job.shards().running();
        return new Problem(
                ProblemCode.NO_BATCH,
                Severity.WARNING,
                since,
                "no batch was committed for " + HumanTime.age(since, now) + ", and "
                        + (running == 0
                                ? "no shard is worked on"
                                : running == 1
                                        ? "a shard is worked on"
                                        : HumanText.number(running) + " shards are worked on"),
                running == 0 ? "see the coordinator's log" : "see the workers' logs",
                true);
    }
}
