package dev.backfleet.coordinator.migration.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepState;
import dev.backfleet.coordinator.migration.status.MigrationStatus.StepStatus;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is true of a migration now, in the order of the JSON output; names and order are an interface.
 *
 * @param migration what is stored of it
 * @param gate what the last reconcile says now, which ages; null: there is none to ask
 * @param work what server sessions do to the definition of its table, whoever has begun that
 * @param checklist what to be sure of, with what is done
 * @param next what comes next, and by which command, as a clause; null: something is at work, or nothing comes
 */
public record MigrationDetail(
        @JsonUnwrapped MigrationStatus migration,
        @Nullable GateAnswer gate,
        List<TableWork> work,
        List<ChecklistLine> checklist,
        @Nullable String next) {
    public MigrationDetail {
        work = List.copyOf(work);
        checklist = List.copyOf(checklist);
    }

    /** What it waits for, as a clause; null: nothing. A migration whose rows are no longer proven waits for its gate. */
    @JsonIgnore
    public @Nullable String waits() {
        var stored = migration.waits();
        return migration.state() == MigrationState.READY && gate != null && gate.verdict() != GateVerdict.SAFE
                ? "its gate, which says " + gate.verdict()
                : stored;
    }

    /** The step that a command has begun which is not at work any more, while no session goes on with it; null: none. */
    @JsonIgnore
    public @Nullable StepStatus interrupted() {
        return migration.appliedBy() != null || !work.isEmpty()
                ? null
                : migration.steps().stream()
                        .filter(step -> step.state() == StepState.RUNNING)
                        .findFirst()
                        .orElse(null);
    }

    /** What an abort has left in the table, since others have made it. */
    @JsonIgnore
    public List<String> left() {
        return migration.state() != MigrationState.ABORTED
                ? List.of()
                : migration.steps().stream()
                        .filter(step -> step.state() == StepState.FOUND_DONE)
                        .map(StepStatus::step)
                        .toList();
    }
}
