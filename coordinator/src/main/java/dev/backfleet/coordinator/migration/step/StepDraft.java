package dev.backfleet.coordinator.migration.step;

import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.util.List;
import java.util.Locale;

/** A step that is being written: one that is done in an instant and takes no lock, unless it is said otherwise. */
final class StepDraft {
    private final Phase phase;
    private final String id;
    private final String title;
    private Execution execution = Execution.INSTANT;
    private List<TableLock> locks = List.of();
    private List<String> statements = List.of();
    private List<String> cleanup = List.of();
    private List<String> undo = List.of();
    private List<TableLock> undoLocks = List.of();

    private StepDraft(Phase phase, String id, String title) {
        this.phase = phase;
        this.id = id;
        this.title = title;
    }

    /**
     * Begins a step.
     *
     * @param name what follows the phase in its id
     * @param title what it does, as a clause
     */
    static StepDraft of(Phase phase, String name, String title) {
        return new StepDraft(phase, phase.name().toLowerCase(Locale.ROOT) + "." + name, title);
    }

    StepDraft execution(Execution value) {
        execution = value;
        return this;
    }

    StepDraft statements(List<TableLock> taken, String... texts) {
        locks = taken;
        statements = List.of(texts);
        return this;
    }

    StepDraft cleanup(String... texts) {
        cleanup = List.of(texts);
        return this;
    }

    StepDraft undo(List<TableLock> taken, String... texts) {
        undoLocks = taken;
        undo = List.of(texts);
        return this;
    }

    Step check(String query) {
        return new Step(id, phase, title, execution, locks, statements, query, cleanup, undo, undoLocks);
    }
}
