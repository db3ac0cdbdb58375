package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.step.Step;
import java.time.Duration;
import java.util.List;

/** Is told what a command does with the steps of a migration; for the screen. */
public interface StepProgress {

    /** A step was there already. */
    void found(Step step);

    /** A step that others have made so is not taken back. */
    void left(Step step);

    /** A step begins. */
    void begins(Step step);

    /** A step begins to be taken back. */
    void takesBack(Step step);

    /** A step waits for its locks; nothing is requested for {@code pause}. */
    void waits(Step step, Reason reason, Duration pause, List<LockHolder> holders, LockCost cost);

    /** Something that a person should know while a step goes on: how far it is, or a failure that may pass. */
    void news(Step step, String text);

    /** A step cannot be done: something else is in the way, or PostgreSQL has rejected it. */
    void failed(Step step, String why);

    /** A step is done, or taken back. */
    void done(Step step, LockCost cost);
}
