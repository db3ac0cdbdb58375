package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.problem.FleetProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.Severity;
import dev.backfleet.coordinator.problem.WorkerProblems;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.ArrayList;
import java.util.List;

/** The fleet: who leads, which workers are alive, and what concerns all of them. */
final class FleetFindings {
    private static final String AREA = "fleet";

    private FleetFindings() {}

    static List<Finding> of(PostgresQueries queries) {
        var fleet = queries.fleet();
        var workers = queries.workers();
        var findings = new ArrayList<Finding>();
        if (fleet.led()) {
            findings.add(Finding.ok(AREA, "coordinator " + fleet.leader() + " leads"));
        }
        var alive = workers.stream().filter(WorkerStatus::alive).toList();
        if (!alive.isEmpty()) {
            findings.add(Finding.ok(
                    AREA,
                    HumanText.number(alive.size()) + (alive.size() == 1 ? " worker is" : " workers are") + " alive, "
                            + HumanText.number(
                                    alive.stream().mapToInt(WorkerStatus::busy).sum()) + " of "
                            + HumanText.number(
                                    alive.stream().mapToInt(WorkerStatus::slots).sum()) + " slots busy"));
        }
        var problems = new ArrayList<Problem>(FleetProblems.of(fleet));
        problems.addAll(WorkerProblems.of(fleet, workers));
        problems.forEach(problem -> findings.add(
                problem.severity().compareTo(Severity.ERROR) <= 0
                        ? Finding.problem(AREA, problem.message(), problem.remedy())
                        : Finding.warning(AREA, problem.message(), problem.remedy())));
        fleet.formerPrimaries().forEach(text -> findings.add(Finding.problem(AREA, text, null)));
        findings.addAll(StoppedJobs.of(queries));
        return findings;
    }
}
