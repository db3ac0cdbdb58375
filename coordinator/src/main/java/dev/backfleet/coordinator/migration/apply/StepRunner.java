package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.coordinator.ddl.DdlFailed;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.DdlSession.TransientFailure;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes steps so, one after the other. What is so already, whoever did it, is left alone; so a run after a crash goes on where the one
 * before ended.
 */
public final class StepRunner {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    // Of a concurrent statement: each attempt may have built half an index.
    private static final int ATTEMPTS = 3;

    private final StepExecutor executor;
    private final StepProgress progress;
    private final Sleeper sleeper;
    private final Set<String> known = new HashSet<>();

    public StepRunner(StepExecutor executor, StepProgress progress, Sleeper sleeper) {
        this.executor = executor;
        this.progress = progress;
        this.sleeper = sleeper;
    }

    /**
     * Makes all steps so.
     *
     * @throws OperationRefused CONFLICT if something else of that name is in the way
     * @throws LocksNotObtained if the time to give up has passed
     * @throws DdlFailed if PostgreSQL rejects a statement
     */
    public void run(List<Step> steps) throws InterruptedException {
        for (var step : steps) {
            run(step);
        }
    }

    /** Whether all steps are so; changes nothing. */
    Optional<Step> firstThatIsNotDone(List<Step> steps) {
        return steps.stream().filter(step -> standing(step) != Standing.DONE).findFirst();
    }

    private void run(Step step) throws InterruptedException {
        var attempts = 0;
        for (var standing = standing(step); standing != Standing.DONE; standing = standing(step)) {
            switch (standing) {
                case UNDER_WAY -> {
                    var work = executor.atWork(step);
                    progress.news(
                            step,
                            "another session is about it: waits for its end"
                                    + (work.isEmpty() ? "" : "; " + String.join("; ", work)));
                    sleeper.sleep(LOOK_AGAIN);
                }
                case BROKEN -> {
                    progress.news(step, "removes what an attempt before has left");
                    result(step, executor.cleanUp(step, told(step), text -> progress.news(step, text)));
                }
                default -> {
                    if (++attempts > ATTEMPTS) {
                        throw new OperationRefused(
                                Code.CONFLICT,
                                step.id() + ": it was executed " + ATTEMPTS + " times, and is not there",
                                "see whether something else removes it at once, such as a tool that compares schemas");
                    }
                    attempt(step);
                }
            }
        }
        // What this command has done or found is not told twice.
        if (known.add(step.id()) && attempts == 0) {
            executor.found(step);
            progress.found(step);
        }
    }

    private void attempt(Step step) throws InterruptedException {
        if (step.statements().isEmpty()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    step.id() + ": it cannot be written, since the table that takes the copies is not there",
                    "make that table, or let a statement of expand make it, and apply again");
        }
        progress.begins(step);
        try {
            var result = executor.run(step, told(step), text -> progress.news(step, text));
            result(step, result);
            progress.done(step, result.cost());
        } catch (TransientFailure e) {
            progress.news(step, String.valueOf(e.getMessage()));
            sleeper.sleep(LOOK_AGAIN);
        } catch (DdlFailed e) {
            executor.failed(step, e.code(), e.what());
            progress.failed(step, e.what());
            throw new DdlFailed(e.code(), step.id() + ": " + e.what(), e.remedy(), e);
        }
    }

    /** Takes the steps back, the last one first; those that others have made so are left. */
    public void undo(List<Step> steps) throws InterruptedException {
        for (var i = steps.size() - 1; i >= 0; i--) {
            var step = steps.get(i);
            var standing = executor.standing(step);
            if (standing.equals(Standing.BROKEN.word())) {
                // Invalid, and of this name, table and definition: the rest of a build.
                progress.takesBack(step);
                result(step, executor.cleanUp(step, told(step), text -> progress.news(step, text)));
            } else if (!step.undo().isEmpty() && mayBeThere(step, standing)) {
                undo(step);
            }
        }
    }

    // Of a sync that others have changed, a part may be there: its statements drop what there is.
    private boolean mayBeThere(Step step, String standing) {
        return !standing.equals(Standing.OPEN.word()) || (step.phase() == Phase.SYNC && executor.isOurs(step));
    }

    private void undo(Step step) throws InterruptedException {
        if (!executor.isOurs(step)) {
            executor.found(step);
            progress.left(step);
            return;
        }
        progress.takesBack(step);
        var result = executor.undo(step, told(step), text -> progress.news(step, text));
        result(step, result);
        progress.done(step, result.cost());
    }

    private Standing standing(Step step) {
        var text = executor.standing(step);
        return Arrays.stream(Standing.values())
                .filter(standing -> standing.word().equals(text))
                .findFirst()
                .orElseThrow(() -> {
                    executor.failed(step, "", text);
                    progress.failed(step, text);
                    return new OperationRefused(
                            Code.CONFLICT,
                            step.id() + ": " + text,
                            "rename or remove what is in the way, or change the file");
                });
    }

    private static void result(Step step, Result result) {
        if (!result.done()) {
            throw new LocksNotObtained(step, result);
        }
    }

    private Progress told(Step step) {
        return new Progress() {
            @Override
            public void waits(Reason reason, Duration pause, List<LockHolder> holders, LockCost cost) {
                progress.waits(step, reason, pause, holders, cost);
            }

            @Override
            public void failed(String message) {
                progress.news(step, message);
            }
        };
    }
}
