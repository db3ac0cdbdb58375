package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;
import dev.backfleet.coordinator.migration.step.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Prints nothing, and keeps what a test may ask for. */
public class RecordedProgress implements ApplyProgress {
    /** The steps that an abort has left. */
    public final List<String> left = new ArrayList<>();

    /** What was told of steps under way. */
    public final List<String> told = new ArrayList<>();

    @Override
    public void found(Step step) {}

    @Override
    public void left(Step step) {
        left.add(step.id());
    }

    @Override
    public void begins(Step step) {}

    @Override
    public void takesBack(Step step) {}

    @Override
    public void waits(Step step, Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {}

    @Override
    public void news(Step step, String text) {
        told.add(text);
    }

    @Override
    public void failed(Step step, String why) {
        told.add(step.id() + " failed: " + why);
    }

    @Override
    public void done(Step step, LockCost cost) {}

    @Override
    public void moved(MigrationState state) {}

    @Override
    public void job(JobProgress job) {}
}
