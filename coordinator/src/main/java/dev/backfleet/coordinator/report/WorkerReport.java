package dev.backfleet.coordinator.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.problem.Problem;
import dev.backfleet.coordinator.problem.WorkerProblems;
import dev.backfleet.coordinator.query.ListWorkers;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.List;

/**
 * A worker in JSON.
 *
 * @param worker its status
 * @param problems why it does not work, the most important first
 */
public record WorkerReport(@JsonUnwrapped WorkerStatus worker, List<Problem> problems) {

    public static List<WorkerReport> of(ListWorkers.Listed listed) {
        return listed.workers().stream()
                .map(worker -> new WorkerReport(worker, WorkerProblems.ofOne(listed.fleet(), worker)))
                .toList();
    }
}
