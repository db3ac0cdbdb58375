package dev.backfleet.coordinator.console;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.WorkerProblems;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import dev.backfleet.coordinator.screen.WorkerState;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A worker as a page shows it.
 *
 * @param where its host and process
 * @param slots how many are busy, of how many
 * @param work its shards in words
 */
public record WorkerLine(
        String id,
        String where,
        boolean alive,
        String state,
        String slots,
        String seen,
        String work,
        List<Notice> notices) {
    private static final int MOST_SHARDS = 12;

    /** The workers of a fleet. */
    static List<WorkerLine> ofFleet(ListJobs.Listed listed) {
        var fleet = listed.fleet();
        return listed.workers().stream()
                .map(worker -> of(worker, fleet.at(), held -> true, WorkerProblems.ofOne(fleet, worker)))
                .toList();
    }

    /** Those that work on a job. */
    static List<WorkerLine> ofJob(Snapshot snapshot) {
        Predicate<WorkerStatus.Held> here = held -> held.job() == snapshot.job().id();
        return snapshot.workers().stream()
                .filter(worker -> worker.shards().stream().anyMatch(here))
                .map(worker -> of(worker, snapshot.fleet().at(), here, List.of()))
                .toList();
    }

    private static WorkerLine of(
            WorkerStatus worker, Instant now, Predicate<WorkerStatus.Held> wanted, List<Problem> problems) {
        return new WorkerLine(
                worker.id(),
                worker.host() + ", process " + worker.pid(),
                worker.alive(),
                WorkerState.words(worker),
                HumanText.number(worker.busy()) + " of " + HumanText.number(worker.slots()) + " slots busy",
                "seen " + HumanTime.age(worker.seenAt(), now) + " ago",
                work(worker.shards().stream().filter(wanted).toList()),
                Notice.of(problems, now));
    }

    private static String work(List<WorkerStatus.Held> shards) {
        if (shards.isEmpty()) {
            return "idle";
        }
        var jobs =
                shards.stream().map(WorkerStatus.Held::job).distinct().sorted().toList();
        return jobs.stream().map(job -> ofJob(job, shards)).collect(Collectors.joining("; "));
    }

    private static String ofJob(long job, List<WorkerStatus.Held> shards) {
        var numbers = shards.stream()
                .filter(held -> held.job() == job)
                .map(WorkerStatus.Held::shard)
                .sorted()
                .toList();
        var shown = numbers.stream().limit(MOST_SHARDS).map(String::valueOf).collect(Collectors.joining(" "));
        var more = numbers.size() - MOST_SHARDS;
        return "job " + job + (numbers.size() == 1 ? " shard " : " shards ") + shown
                + (more > 0 ? " and " + more + " more" : "");
    }
}
