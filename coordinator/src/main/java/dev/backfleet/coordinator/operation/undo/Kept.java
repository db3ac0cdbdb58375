package dev.backfleet.coordinator.operation.undo;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import org.jspecify.annotations.Nullable;

/**
 * What a job has kept of the values that it has overwritten.
 *
 * @param keeps whether its spec has {@code undo: keep}
 * @param any whether kept values of a row are left
 * @param undo the last job that puts them back; null if none was submitted
 */
public record Kept(
        long job,
        String name,
        JobState state,
        boolean keeps,
        boolean any,
        @Nullable Undo undo) {

    /**
     * Checks that the job has finished, and that no undo of it is unfinished.
     *
     * @param what what is to be done then, as a clause
     * @throws OperationRefused INVALID if it keeps nothing; NOT_NOW otherwise
     */
    void requireAtRest(String what) {
        if (!keeps) {
            throw new OperationRefused(
                    Code.INVALID,
                    "job " + name + " has not kept the values that it has overwritten: its spec has no 'undo: keep'",
                    null);
        }
        if (!state.isTerminal()) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "job " + name + " is " + state + ": " + what + " when it has finished",
                    "'backfleet cancel " + name + "' ends it");
        }
        if (undo != null && !undo.state().isTerminal()) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "the undo of " + name + " is " + undo.state(),
                    "see 'backfleet status " + undo.name() + "', or cancel it");
        }
    }

    /** A job that puts kept values back. */
    public record Undo(long id, String name, JobState state) {}
}
