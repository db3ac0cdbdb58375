package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.problem.FleetProblems;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.coordinator.problem.Severity;
import dev.backfleet.coordinator.problem.WorkerProblems;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The fleet: who leads, which workers are alive, and what concerns all of them. */
final class FleetCheck {
    private static final String AREA = "fleet";

    // The check of the server tells them, also where there is no control schema.
    private static final Set<ProblemCode> OF_THE_SERVER =
            EnumSet.of(ProblemCode.COMMITS_WAIT, ProblemCode.SERVER_READ_ONLY);

    private FleetCheck() {}

    static List<CheckResult> of(PostgresQueries queries) {
        var fleet = queries.fleet();
        var workers = queries.workers();
        var results = new ArrayList<CheckResult>();
        if (fleet.led()) {
            results.add(CheckResult.ok(AREA, "coordinator " + fleet.leader() + " leads"));
        }
        var alive = workers.stream().filter(WorkerStatus::alive).toList();
        if (!alive.isEmpty()) {
            results.add(CheckResult.ok(
                    AREA,
                    HumanText.number(alive.size()) + (alive.size() == 1 ? " worker is" : " workers are") + " alive, "
                            + HumanText.number(
                                    alive.stream().mapToInt(WorkerStatus::busy).sum()) + " of "
                            + HumanText.number(
                                    alive.stream().mapToInt(WorkerStatus::slots).sum()) + " slots busy"));
        }
        var problems = new ArrayList<>(FleetProblems.of(fleet, WorkerProblems.of(fleet, workers)));
        problems.removeIf(problem -> OF_THE_SERVER.contains(problem.code()));
        problems.forEach(problem -> results.add(
                problem.severity().compareTo(Severity.ERROR) <= 0
                        ? CheckResult.problem(AREA, problem.message(), problem.remedy())
                        : CheckResult.warning(AREA, problem.message(), problem.remedy())));
        fleet.formerPrimaries().forEach(text -> results.add(CheckResult.problem(AREA, text, null)));
        results.addAll(StoppedJobs.of(queries));
        return results;
    }
}
