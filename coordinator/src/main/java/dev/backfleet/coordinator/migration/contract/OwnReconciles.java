package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;

/** Waits for reconciles of a migration itself: they would fail on other names of the columns, and a repeated one is often under way. */
final class OwnReconciles {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ContractLog contracts;
    private final StepProgress progress;
    private final Sleeper sleeper;

    OwnReconciles(ContractLog contracts, StepProgress progress, Sleeper sleeper) {
        this.contracts = contracts;
        this.progress = progress;
        this.sleeper = sleeper;
    }

    /**
     * Waits until none is under way.
     *
     * @param step the one that waits
     * @return whether there was one, so that what was judged before has to be judged again
     * @throws OperationRefused NOT_NOW if one goes on for longer than the patience
     */
    boolean await(long migration, Step step, Duration patience) throws InterruptedException {
        var waited = Duration.ZERO;
        for (var running = contracts.reconciles(migration);
                !running.isEmpty();
                running = contracts.reconciles(migration)) {
            var names = String.join(", ", running);
            if (waited.compareTo(patience) >= 0) {
                throw new OperationRefused(
                        Code.NOT_NOW,
                        "a reconcile of the migration was still under way after " + HumanText.elapsed(patience) + ": "
                                + names,
                        "try again when it is over, or cancel it");
            }
            if (waited.isZero()) {
                progress.news(step, "waits for the end of " + names);
            }
            sleeper.sleep(LOOK);
            waited = waited.plus(LOOK);
        }
        return !waited.isZero();
    }
}
