package dev.backfleet.coordinator.problem;

import dev.backfleet.coordinator.query.Snapshot;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an unfinished job waits for: a reason for which it is expected to stand still. */
public enum WaitsFor {
    /** Its time window to open. */
    WINDOW,
    /** The next wave: a promotion, or a reconcile. */
    WAVE,
    /** A worker that accepts tasks. */
    WORKER,
    /** A slot: all of them work on other jobs. */
    SLOT,
    /** An operator to resume it, or the fleet or its tenants. */
    PERSON,
    /** The end of the failure for which it paused itself; then it resumes by itself. */
    TROUBLE,
    /** An operator to mend the failure for which it paused itself. */
    REPAIR,
    /** A database that takes writes and confirms commits. */
    DATABASE;

    /** As a label: {@code window}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All that a job waits for; nothing if it has finished. */
    public static Set<WaitsFor> of(Snapshot snapshot) {
        var waits = EnumSet.noneOf(WaitsFor.class);
        if (!snapshot.job().state().isTerminal()) {
            JobProblems.of(snapshot).forEach(problem -> cause(problem, snapshot).ifPresent(waits::add));
        }
        return Collections.unmodifiableSet(waits);
    }

    private static Optional<WaitsFor> cause(Problem problem, Snapshot snapshot) {
        return switch (problem.code()) {
            case OUTSIDE_WINDOW -> Optional.of(WINDOW);
            case WAVE_DONE, WAVE_NOT_RECONCILED -> Optional.of(WAVE);
            case NO_WORKER -> Optional.of(WORKER);
            case WORKERS_ACCEPT_NO_TASKS ->
                ProblemOrder.stops(problem, snapshot) ? Optional.of(WORKER) : Optional.empty();
            case WAITS_FOR_SLOTS -> Optional.of(SLOT);
            case FLEET_PAUSED, JOB_PAUSED, JOB_HALTED -> Optional.of(PERSON);
            case TENANTS_PAUSED -> ProblemOrder.stops(problem, snapshot) ? Optional.of(PERSON) : Optional.empty();
            case JOB_PAUSED_ITSELF -> Optional.of(problem.goesOnByItself() ? TROUBLE : REPAIR);
            case SERVER_READ_ONLY, COMMITS_WAIT -> Optional.of(DATABASE);
            case JOB_FAILED,
                    ROWS_IN_QUARANTINE,
                    ROWS_LEFT_OUT,
                    DRIFT,
                    CUTOVER_TAKEN_BACK,
                    CUTOVER_UNWATCHED,
                    RENAMED_HURTS,
                    MISSES_DEADLINE,
                    THROTTLED,
                    REMARK,
                    NO_COORDINATOR,
                    WORKER_LOST,
                    BLOCKED_BY_SESSION,
                    SLOW_ROWS,
                    STANDBY_NOT_READ,
                    TASKS_NOT_TAKEN,
                    NO_BATCH,
                    EVENTS_WAIT,
                    WEBHOOK_FAILS,
                    WEBHOOKS_REJECTED -> Optional.empty();
        };
    }
}
