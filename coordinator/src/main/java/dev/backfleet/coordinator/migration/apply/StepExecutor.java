package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.migration.step.Step;
import java.util.List;
import java.util.function.Consumer;

/** Executes the steps of one migration in the database, and stores there what each has cost. */
public interface StepExecutor {

    /** What the step's check says: a word of {@link Step.Standing}, or what is in the way. */
    String standing(Step step);

    /**
     * Makes the step so.
     *
     * @param progress is told of each wait for a lock
     * @param news is told how far a long statement is
     * @throws dev.backfleet.coordinator.ddl.DdlFailed if PostgreSQL rejects it; nothing of it is left, or what {@code cleanup} removes
     * @throws dev.backfleet.coordinator.ddl.DdlSession.TransientFailure if a concurrent statement failed in a way that may pass
     */
    Result run(Step step, Progress progress, Consumer<String> news) throws InterruptedException;

    /** Removes what a former attempt has left; as {@link #run}. */
    Result cleanUp(Step step, Progress progress, Consumer<String> news) throws InterruptedException;

    /** Takes the step back; as {@link #run}. */
    Result undo(Step step, Progress progress, Consumer<String> news) throws InterruptedException;

    /** What sessions do about the step's tables now, a line for each; empty: nothing that can be seen. */
    List<String> atWork(Step step);

    /** Whether a command of this migration has made it so, or began to; otherwise others did. */
    boolean isOurs(Step step);

    /** Stores that the step was found done. */
    void found(Step step);

    /** Stores that the step failed. */
    void failed(Step step, String code, String message);
}
