package dev.backfleet.coordinator.problem;

import dev.backfleet.coordinator.query.Snapshot;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The order of problems: by severity, then what stops the work before what slows it, then the newest first. */
final class ProblemOrder {
    private ProblemOrder() {}

    /** The problems of a job in their order. One without a known beginning is a cause and comes before what may follow from it. */
    static List<Problem> sorted(List<Problem> problems, Snapshot snapshot) {
        return problems.stream()
                .sorted(Comparator.comparing(Problem::severity)
                        .thenComparing(problem -> !stops(problem, snapshot))
                        .thenComparing(
                                Problem::since,
                                Comparator.nullsFirst(
                                        Comparator.<Instant>naturalOrder().reversed()))
                        .thenComparing(Problem::code))
                .toList();
    }

    /** Whether nothing of the job moves because of the problem. */
    static boolean stops(Problem problem, Snapshot snapshot) {
        var job = snapshot.job();
        return switch (problem.code()) {
            case JOB_FAILED,
                    JOB_HALTED,
                    SERVER_READ_ONLY,
                    COMMITS_WAIT,
                    FLEET_PAUSED,
                    JOB_PAUSED,
                    JOB_PAUSED_ITSELF,
                    OUTSIDE_WINDOW,
                    WAVE_DONE,
                    WAVE_NOT_RECONCILED,
                    NO_COORDINATOR,
                    NO_WORKER,
                    WAITS_FOR_SLOTS,
                    TASKS_NOT_TAKEN,
                    NO_BATCH -> true;
            case WORKERS_ACCEPT_NO_TASKS ->
                snapshot.workers().stream().noneMatch(worker -> worker.alive() && worker.taking());
            case THROTTLED -> job.throttle().factor() == 0 && !job.throttle().recovers();
            case TENANTS_PAUSED -> job.shards().running() + job.shards().dispatched() == 0;
            case BLOCKED_BY_SESSION, STANDBY_NOT_READ ->
                job.standsStillSince(snapshot.fleet().at()).isPresent();
            case ROWS_IN_QUARANTINE,
                    ROWS_LEFT_OUT,
                    DRIFT,
                    CUTOVER_TAKEN_BACK,
                    CUTOVER_UNWATCHED,
                    RENAMED_HURTS,
                    MISSES_DEADLINE,
                    REMARK,
                    SLOW_ROWS,
                    WORKER_LOST,
                    EVENTS_WAIT,
                    WEBHOOK_FAILS,
                    WEBHOOKS_REJECTED -> false;
        };
    }
}
