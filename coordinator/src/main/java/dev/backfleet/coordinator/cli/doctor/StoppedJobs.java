package dev.backfleet.coordinator.cli.doctor;

import static dev.backfleet.coordinator.problem.ProblemCode.BLOCKED_BY_SESSION;
import static dev.backfleet.coordinator.problem.ProblemCode.JOB_HALTED;
import static dev.backfleet.coordinator.problem.ProblemCode.JOB_PAUSED;
import static dev.backfleet.coordinator.problem.ProblemCode.JOB_PAUSED_ITSELF;
import static dev.backfleet.coordinator.problem.ProblemCode.NO_BATCH;
import static dev.backfleet.coordinator.problem.ProblemCode.TASKS_NOT_TAKEN;
import static dev.backfleet.coordinator.problem.ProblemCode.THROTTLED;
import static dev.backfleet.coordinator.problem.ProblemCode.WAVE_DONE;
import static dev.backfleet.coordinator.problem.ProblemCode.WAVE_NOT_RECONCILED;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.coordinator.query.JobStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The unfinished jobs that stand still for a cause of their own, one line each. */
final class StoppedJobs {
    private static final String AREA = "fleet";
    private static final int NAMED = 20;

    // What belongs to the fleet has lines of its own; a closed window and busy slots are as they were asked for.
    private static final Set<ProblemCode> OF_THE_JOB = EnumSet.of(
            JOB_HALTED,
            JOB_PAUSED,
            JOB_PAUSED_ITSELF,
            THROTTLED,
            WAVE_DONE,
            WAVE_NOT_RECONCILED,
            BLOCKED_BY_SESSION,
            TASKS_NOT_TAKEN,
            NO_BATCH);

    private StoppedJobs() {}

    static List<CheckResult> of(PostgresQueries queries) {
        var results = new ArrayList<CheckResult>();
        var unfinished = queries.jobs(false).stream()
                .filter(job -> !job.state().isTerminal())
                .toList();
        for (var job : unfinished.subList(0, Math.min(NAMED, unfinished.size()))) {
            stops(queries, job)
                    .ifPresent(problem -> results.add(CheckResult.warning(
                            AREA, "job " + job.name() + ": " + problem.message(), problem.remedy())));
        }
        if (unfinished.size() > NAMED) {
            results.add(CheckResult.warning(
                    AREA,
                    HumanText.number(unfinished.size() - NAMED) + " more unfinished jobs were not looked at",
                    "'backfleet jobs' lists them"));
        }
        return results;
    }

    // The snapshot of one job also has the sessions in its way.
    private static Optional<Problem> stops(PostgresQueries queries, JobStatus job) {
        return queries.snapshot(job.id()).flatMap(snapshot -> JobProblems.of(snapshot).stream()
                .filter(problem -> OF_THE_JOB.contains(problem.code()))
                .filter(problem ->
                        problem.code() != THROTTLED || snapshot.job().throttle().factor() == 0)
                .findFirst());
    }
}
