package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.NewOnly;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.StepTables.StepTable;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Gives a migration up: cancels its job, and takes its steps back, the last one first. The old shape was kept up all the time. */
public final class AbortMigration {
    private final MigrationLog log;
    private final MigrationJobs jobs;
    private final StepTables tables;
    private final Function<String, Migration> parser;
    private final Function<String, Optional<Instant>> takenBack;
    private final Sleeper sleeper;

    /**
     * The operation.
     *
     * @param parser reads a stored file
     * @param takenBack when the reads of a migration were taken back last; nothing: they were never switched
     */
    public AbortMigration(
            MigrationLog log,
            MigrationJobs jobs,
            StepTables tables,
            Function<String, Migration> parser,
            Function<String, Optional<Instant>> takenBack,
            Sleeper sleeper) {
        this.log = log;
        this.jobs = jobs;
        this.tables = tables;
        this.parser = parser;
        this.takenBack = takenBack;
        this.sleeper = sleeper;
    }

    /**
     * Gives it up.
     *
     * @param name its id or name
     * @param discards whether it is accepted that rows lose what they hold in the new shape alone
     * @throws OperationRefused NOT_FOUND; GATE_CLOSED while tenants read the new shape or the old columns are renamed, or if rows would lose
     *     something
     * @throws LocksNotObtained if a step does not get its locks; the same command goes on
     */
    public void run(Actor actor, String name, boolean discards, StepProgress progress) throws InterruptedException {
        var stored = log.known(name);
        // Without the names of the file, no step can be derived.
        refuseRenamed(stored);
        // Of a table that was dropped nothing is left to be taken back.
        var table = tables.toTakeBack(parser.apply(stored.source()), actor);
        var steps = table.map(StepTable::steps).orElse(List.of());
        try (var lock = log.begin(stored.id())) {
            // Only now: a cutover that was under way has ended, and none can begin.
            var now = log.known(name);
            refuseRenamed(now);
            if (now.state() == MigrationState.CUTTING || now.state() == MigrationState.CUT) {
                throw new OperationRefused(
                        Code.GATE_CLOSED,
                        "tenants read the new shape of " + now.name(),
                        "take them back first: backfleet migration rollback " + now.name() + " --reason WHY");
            }
            if (!discards && !steps.isEmpty()) {
                refuseLoss(now);
            }
            if (now.job().isPresent()) {
                jobs.cancel(actor, now.job().get());
            }
            if (table.isPresent()) {
                new StepRunner(table.get().executor(now.id()), progress, sleeper).undo(steps);
            }
            log.move(now.id(), now.state(), MigrationState.ABORTED, actor);
        }
    }

    // Readers of the old shape would not find their columns.
    private static void refuseRenamed(Stored now) {
        if (now.state() == MigrationState.RENAMED) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the old columns of " + now.name() + " are renamed, and tenants read the new shape",
                    "rename them back first: backfleet migration contract " + now.name()
                            + " --undo, then backfleet migration rollback " + now.name() + " --reason WHY");
        }
    }

    private void refuseLoss(Stored now) {
        var counted = now.job().flatMap(jobs::newOnly);
        var rows = counted.map(NewOnly::rows).orElse(0L);
        if (rows > 0) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    HumanText.number(rows) + (rows == 1 ? " row holds" : " rows hold")
                            + " in the new shape what the old one cannot say, by the last reconcile: that would be lost",
                    "keep it elsewhere, or accept the loss with --discard-new-only");
        }
        var switched = takenBack.apply(now.name());
        if (switched.isEmpty()) {
            return;
        }
        if (counted.isEmpty()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "reads were switched before they were taken back: what was written in the new shape alone since then would be"
                            + " lost, and no reconcile of this migration counts such rows",
                    "keep it elsewhere, or accept the loss with --discard-new-only");
        }
        if (counted.get().begunAt().isBefore(switched.get())) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "reads were switched, or taken back, since the last reconcile began: rows that hold in the new shape what"
                            + " the old one cannot say are not counted since",
                    "'backfleet reconcile " + now.job().get()
                            + "' counts them; or accept that they lose it, with --discard-new-only");
        }
    }
}
