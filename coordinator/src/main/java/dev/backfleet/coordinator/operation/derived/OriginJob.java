package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A job that changes rows, as it is stored, from which another one is derived; and its table as it is now.
 *
 * @param definition its definition; the table has its present name
 * @param spec the spec as it was submitted
 * @param submittedXid transactions with a lower id had ended when it was submitted; null: not known
 * @param finishedXid transactions with this id or a higher one began after its end; null: not known
 * @param limits its limits as they are now
 * @param window when it may run; nothing: always
 * @param doneWave the wave of its rollout that is done, while the next one has not begun; empty: there is none
 * @param estimatedRows about how many rows its plan has found; 0: it has none yet
 * @param leaves the tables that hold the rows now
 * @param differences between its snapshot and the table as it is now, in words
 */
public record OriginJob(
        long id,
        String name,
        JobState state,
        JobDefinition definition,
        String spec,
        @Nullable Long submittedXid,
        @Nullable Long finishedXid,
        Limits limits,
        Optional<TimeWindow> window,
        OptionalInt doneWave,
        long estimatedRows,
        List<JobDefinition.Table> leaves,
        List<String> differences) {
    public OriginJob {
        leaves = List.copyOf(leaves);
        differences = List.copyOf(differences);
    }

    /**
     * Checks that its table is as it was at its submission.
     *
     * @param remedy what to do otherwise, as a clause
     * @throws OperationRefused CONFLICT if the table no longer matches the snapshot
     */
    public void requireSameTable(String remedy) {
        if (!differences.isEmpty()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the table of " + name + " no longer matches the snapshot of that job: "
                            + String.join("; ", differences),
                    remedy);
        }
    }

    /**
     * Checks that it has ended.
     *
     * @param why why it must have
     * @throws OperationRefused NOT_NOW if it has not SUCCEEDED
     */
    public void requireEnded(String why) {
        if (state != JobState.SUCCEEDED) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "job " + name + " is " + state + ": " + why,
                    state.isTerminal() ? "submit its spec again" : "'backfleet finalize " + name + "' waits for that");
        }
    }
}
