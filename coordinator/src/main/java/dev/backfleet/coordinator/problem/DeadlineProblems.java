package dev.backfleet.coordinator.problem;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** That a job will not be done by its deadline, or is not. */
final class DeadlineProblems {
    private DeadlineProblems() {}

    /** Nothing if the job has none, may still keep it, or has ended: by the earliest end that the ETA gives. */
    static Optional<Problem> of(JobStatus job, Instant now) {
        var deadline = job.deadline();
        if (deadline == null || job.state().isTerminal()) {
            return Optional.empty();
        }
        if (!now.isBefore(deadline)) {
            return Optional.of(problem(job, deadline, "its deadline has passed: " + HumanTime.ago(deadline, now)));
        }
        var range = job.etaRange();
        if (range == null) {
            return Optional.empty();
        }
        var late = Duration.between(deadline, now.plusSeconds(range.lowSeconds()));
        return late.isZero() || late.isNegative()
                ? Optional.empty()
                : Optional.of(problem(
                        job,
                        null,
                        "it will miss its deadline " + HumanTime.moment(deadline) + " by at least "
                                + HumanText.elapsed(late)));
    }

    private static Problem problem(JobStatus job, @Nullable Instant since, String message) {
        return new Problem(
                ProblemCode.MISSES_DEADLINE,
                Severity.WARNING,
                since,
                message,
                "lift what holds the job back, or move the deadline: 'backfleet set " + job.name()
                        + " --deadline MOMENT'",
                true);
    }
}
