package dev.backfleet.coordinator.cli.text;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.problem.JobProblems;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.ThrottleProblems;
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

    /** The job's state; if it is to move and does not, or is slow, what it waits for. */
    public String state() {
        var state = job.state().name();
        return problems.stream()
                .map(Problem::code)
                .filter(code -> code.holdsWork() && job.toAdvance())
                .findFirst()
                .map(code -> switch (code) {
                    case THROTTLED -> ThrottleProblems.state(job.throttle());
                    case WAVE_DONE -> state + " (waits for promotion)";
                    default -> state + " (" + code.text().replace('-', ' ') + ")";
                })
                .orElse(state);
    }

    public static JobReport of(Snapshot snapshot) {
        return new JobReport(snapshot.job(), JobProblems.of(snapshot));
    }
}
