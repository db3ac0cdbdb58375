package dev.backfleet.coordinator.cli.text;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ProblemCode;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.List;

/**
 * A job in JSON.
 *
 * @param job its status
 * @param problems what prevents, delays or threatens its work, the most important first
 */
public record JobReport(@JsonUnwrapped JobStatus job, List<Problem> problems) {

    /** The job's state, and what it waits for if it is to move. */
    public String state() {
        var state = job.state();
        var waits = problems.stream()
                .map(Problem::code)
                .filter(ProblemCode::holdsWork)
                .findFirst()
                .map(code -> " (" + code.text().replace('-', ' ') + ")");
        return state.name() + (job.toAdvance() ? waits.orElse("") : "");
    }

    public static JobReport of(Snapshot snapshot) {
        return new JobReport(snapshot.job(), JobProblems.of(snapshot));
    }
}
