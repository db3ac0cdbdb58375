package dev.backfleet.coordinator.problem;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why coordinators and workers do not work. */
public final class WorkerProblems {
    private static final int NAMED = 3;
    /** A worker that has just started still connects to the control topic. */
    private static final Duration READY_WITHIN = Duration.ofSeconds(10);

    private WorkerProblems() {}

    /**
     * What is wrong with coordinators and workers.
     *
     * @param workers all that have had a heartbeat in the last ten minutes
     */
    public static List<Problem> of(FleetStatus fleet, List<WorkerStatus> workers) {
        var problems = new ArrayList<Problem>();
        // On a read-only server, and while commits wait, the leader cannot renew its lease.
        if (!fleet.led() && !fleet.readOnly() && fleet.commitWait() == null) {
            problems.add(new Problem(
                    ProblemCode.NO_COORDINATOR,
                    Severity.ERROR,
                    null,
                    "no active coordinator: nothing is planned or dispatched",
                    "'backfleet coordinator' starts one",
                    false));
        }
        var alive = workers.stream().filter(WorkerStatus::alive).toList();
        for (var reason : NotAccepting.values()) {
            if (isProblem(reason, fleet)) {
                notAccepting(reason, alive, fleet.at()).ifPresent(problems::add);
            }
        }
        // The heartbeats of workers of the release before wait as well.
        if (alive.isEmpty() && fleet.commitWait() == null) {
            problems.add(none(workers, fleet.at()));
        } else if (fleet.commitWait() == null && !fleet.readOnly()) {
            lost(workers, fleet.at()).ifPresent(problems::add);
        }
        return problems;
    }

    /** Why one worker does not work; nothing if it is alive and accepts tasks, or does as it was told. */
    public static List<Problem> ofOne(FleetStatus fleet, WorkerStatus worker) {
        var why = worker.notAccepting();
        if (!worker.alive()) {
            return fleet.readOnly() || fleet.commitWait() != null
                    ? FleetProblems.stopping(fleet)
                    : lost(List.of(worker), fleet.at()).stream().toList();
        }
        if (fleet.paused()) {
            return FleetProblems.stopping(fleet);
        }
        return why != null && isProblem(why.reason(), fleet)
                ? notAccepting(why.reason(), List.of(worker), fleet.at()).stream()
                        .toList()
                : List.of();
    }

    // Those that are stopping, or whose fleet is paused, do as they were told. While commits wait, there is no leader,
    // which is no further failure.
    private static boolean isProblem(NotAccepting reason, FleetStatus fleet) {
        return switch (reason) {
            case STOPPING, FLEET_PAUSED -> false;
            case NO_COORDINATOR -> fleet.commitWait() == null;
            case DATABASE_UNREACHABLE, DATABASE_READ_ONLY, CONTROL_TOPIC_UNREACHABLE -> true;
        };
    }

    private static Optional<Problem> notAccepting(NotAccepting reason, List<WorkerStatus> alive, Instant now) {
        var since = alive.stream()
                .filter(worker -> !startsWith(reason)
                        || Duration.between(worker.startedAt(), now).compareTo(READY_WITHIN) > 0)
                .map(WorkerStatus::notAccepting)
                .filter(why -> why != null && why.reason() == reason)
                .map(WorkerStatus.NotTaking::since)
                .toList();
        return since.stream()
                .min(Instant::compareTo)
                .map(first -> new Problem(
                        ProblemCode.WORKERS_ACCEPT_NO_TASKS,
                        Severity.WARNING,
                        first,
                        HumanText.number(since.size()) + " of " + HumanText.number(alive.size())
                                + (alive.size() == 1 ? " worker accepts" : " workers accept") + " no tasks: "
                                + reason.words() + " since " + HumanTime.moment(first),
                        remedy(reason),
                        true));
    }

    // What each worker waits for when it starts, even if nothing is wrong.
    private static boolean startsWith(NotAccepting reason) {
        return switch (reason) {
            case CONTROL_TOPIC_UNREACHABLE, NO_COORDINATOR -> true;
            case DATABASE_UNREACHABLE, DATABASE_READ_ONLY, STOPPING, FLEET_PAUSED -> false;
        };
    }

    private static String remedy(NotAccepting reason) {
        return switch (reason) {
            case DATABASE_UNREACHABLE -> "check the network between workers and PostgreSQL, and the workers' logs";
            case DATABASE_READ_ONLY ->
                "they resume when it accepts writes, or the address points to a server that does";
            case CONTROL_TOPIC_UNREACHABLE -> "check Kafka; they resume when it is back";
            case NO_COORDINATOR -> "check the coordinator and Kafka; they resume at its next heartbeat";
            case STOPPING, FLEET_PAUSED -> "";
        };
    }

    private static Problem none(List<WorkerStatus> lost, Instant now) {
        var last = lost.stream().max(Comparator.comparing(WorkerStatus::seenAt));
        return new Problem(
                ProblemCode.NO_WORKER,
                Severity.ERROR,
                last.map(WorkerStatus::seenAt).orElse(null),
                "no worker is alive"
                        + last.map(worker -> ": the last heartbeat was that of " + worker.id() + " on " + worker.host()
                                        + ", " + HumanTime.age(worker.seenAt(), now) + " ago")
                                .orElse(""),
                last.isEmpty()
                        ? "'backfleet worker' starts one"
                        : "killed, frozen or cut off: look there; 'backfleet worker' starts another",
                false);
    }

    // A worker that ends in order removes itself from the list.
    private static Optional<Problem> lost(List<WorkerStatus> workers, Instant now) {
        var lost = workers.stream().filter(worker -> !worker.alive()).toList();
        var holding = lost.stream().anyMatch(worker -> !worker.shards().isEmpty());
        return lost.stream()
                .map(WorkerStatus::seenAt)
                .min(Instant::compareTo)
                .map(seen -> new Problem(
                        ProblemCode.WORKER_LOST,
                        holding ? Severity.WARNING : Severity.REMARK,
                        seen,
                        (lost.size() == 1
                                        ? "a worker has sent no heartbeat for "
                                        : HumanText.number(lost.size())
                                                + " workers have sent no heartbeat, the first for ")
                                + HumanTime.age(seen, now) + ": " + names(lost),
                        holding
                                ? "killed, frozen or cut off; other workers take its shards by themselves"
                                : "killed, frozen or cut off; no shard is left with it",
                        true));
    }

    private static String names(List<WorkerStatus> workers) {
        var more = workers.size() - NAMED;
        return workers.stream().limit(NAMED).map(WorkerStatus::id).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + HumanText.number(more) + " more" : "");
    }
}
