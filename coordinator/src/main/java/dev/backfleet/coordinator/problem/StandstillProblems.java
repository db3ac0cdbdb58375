package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why a running job does not move, or moves little: between locks, or row by row. */
final class StandstillProblems {
    /** How long a worker that is free may need to take a task. */
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);

    private StandstillProblems() {}

    /**
     * What is known; nothing if the job moves, meets no locks and has no slow rows, or is not to move.
     *
     * @param known the problems that are known already
     */
    static Optional<Problem> of(Snapshot snapshot, List<Problem> known) {
        var job = snapshot.job();
        var now = snapshot.fleet().at();
        var since = job.standsStillSince(now);
        if (since.isEmpty()) {
            return meetsLocks(snapshot, known).or(() -> slowRows(snapshot));
        }
        if (known.stream().anyMatch(problem -> explains(problem, snapshot))) {
            return Optional.empty();
        }
        if (!snapshot.blockers().isEmpty()) {
            return Optional.of(blocked(snapshot.blockers().get(0), since.get(), noBatchFor(since.get(), now), now));
        }
        if (job.shards().running() > 0) {
            return Optional.of(noBatch(job, since.get(), now));
        }
        var task = job.activity().oldestTaskAt();
        return Optional.of(waitsForSlots(snapshot, since.get())
                .orElseGet(() -> task == null ? noBatch(job, since.get(), now) : notTaken(task, since.get(), now)));
    }

    private static boolean explains(Problem problem, Snapshot snapshot) {
        return switch (problem.code()) {
            case JOB_FAILED, JOB_HALTED, JOB_PAUSED, JOB_PAUSED_ITSELF -> false;
            case THROTTLED ->
                ProblemOrder.stops(problem, snapshot)
                        || snapshot.job().throttle().recovers();
            default -> ProblemOrder.stops(problem, snapshot);
        };
    }

    // Single batches between the locks do not end the search for who holds them.
    private static Optional<Problem> meetsLocks(Snapshot snapshot, List<Problem> known) {
        var blockers = snapshot.blockers();
        var explained = known.stream()
                .anyMatch(problem -> ProblemOrder.stops(problem, snapshot)
                        || (problem.code() == ProblemCode.THROTTLED
                                && ThrottleProblems.isLock(snapshot.job().throttle())));
        var lost = snapshot.lostTries();
        if (explained || !snapshot.meetsLocks()) {
            return Optional.empty();
        }
        var what = lost.map(tries -> HumanText.number(tries.failed()) + " of the last " + HumanText.number(tries.of())
                        + " batches did not get their locks (55P03)")
                .orElse("batches do not get their locks (55P03)");
        if (!blockers.isEmpty()) {
            return Optional.of(blocked(
                    blockers.get(0),
                    blockers.get(0).since(),
                    what,
                    snapshot.fleet().at()));
        }
        return lost.map(tries -> new Problem(
                ProblemCode.BLOCKED_BY_SESSION,
                Severity.WARNING,
                null,
                what + ": other sessions lock the same rows, each for less than 3 s, or this role may not see them",
                "it goes faster when they change fewer rows of the table",
                true));
    }

    // Rows that meet locks are slow as well: then the locks are told.
    private static Optional<Problem> slowRows(Snapshot snapshot) {
        return snapshot.slowBatches()
                .filter(batches -> !snapshot.meetsLocks())
                .map(batches -> new Problem(
                        ProblemCode.SLOW_ROWS,
                        Severity.WARNING,
                        null,
                        HumanText.number(batches.slow()) + " of the last " + HumanText.number(batches.of())
                                + " batches had only one or two rows, and took longer than "
                                + snapshot.job().settings().batchDuration() + ", which a batch is to take",
                        "'backfleet plan SPEC' shows how PostgreSQL executes a batch, and which triggers fire: look for a scan of "
                                + "many rows",
                        true));
    }

    private static Problem blocked(Blocker blocker, @Nullable Instant since, String what, Instant now) {
        var pid = blocker.pid();
        return new Problem(
                ProblemCode.BLOCKED_BY_SESSION,
                Severity.WARNING,
                since,
                what + ": " + blocker.words(now),
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

    private static String noBatchFor(Instant since, Instant now) {
        return "no batch was committed for " + HumanTime.age(since, now);
    }

    private static Problem notTaken(Instant since, Instant still, Instant now) {
        if (Duration.between(since, now).compareTo(TAKEN_WITHIN) < 0) {
            return new Problem(
                    ProblemCode.NO_BATCH,
                    Severity.WARNING,
                    still,
                    noBatchFor(still, now) + ", and tasks were published a moment ago",
                    // A task that nobody takes is published again and again, and so is never old while slots are free.
                    "it continues when workers take them; if that does not come, check Kafka, and that the workers have the "
                            + "coordinator's topic prefix",
                    true);
        }
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
                noBatchFor(since, now) + ", and "
                        + (running == 0
                                ? "no shard is worked on"
                                : running == 1
                                        ? "a shard is worked on"
                                        : HumanText.number(running) + " shards are worked on"),
                running == 0 ? "see the coordinator's log" : "see the workers' logs",
                true);
    }
}
