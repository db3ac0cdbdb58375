package dev.backfleet.coordinator.postgres.migration;

import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.step.Step;
import java.time.Duration;
import java.util.List;

/** Prints nothing. */
final class SilentProgress implements StepProgress {
    @Override
    public void found(Step step) {}

    @Override
    public void left(Step step) {}

    @Override
    public void begins(Step step) {}

    @Override
    public void takesBack(Step step) {}

    @Override
    public void waits(Step step, Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {}

    @Override
    public void news(Step step, String text) {}

    @Override
    public void done(Step step, LockCost cost) {}
}
