package dev.backfleet.coordinator.problem;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.List;

/**
 * A job in JSON.
 *
 * @param job its status
 * @param problems what prevents, delays or threatens its work, the most important first
 * @param snapshot of which they were found; not in the JSON
 */
public record JobReport(
        @JsonUnwrapped JobStatus job,
        List<Problem> problems,
        @JsonIgnore Snapshot snapshot) {

    /** The job's state; if it is to move and does not, or is slow, what it waits for. */
    public String state() {
        return JobProblems.state(snapshot, problems);
    }

    public static JobReport of(Snapshot snapshot) {
        return new JobReport(snapshot.job(), JobProblems.of(snapshot), snapshot);
    }
}
