package dev.backfleet.coordinator.migration;

import dev.backfleet.common.job.Edge;
import java.util.List;

/** The persisted state of a migration and its legal transitions; the control schema repeats the names in a CHECK constraint. */
public enum MigrationState {
    PLANNED("Stored; its first steps are not all done."),
    EXPANDED("The columns of the new shape are there. Nothing fills them yet."),
    SYNCED("Every row that is written from now on has both shapes."),
    BACKFILLING("Its job changes the rows of before."),
    FINISHED("Every row has both shapes, and what reads and writers of the new shape need is there."),
    READY("A reconcile has found no wrong row: reads may be switched."),
    CUTTING("A part of the tenants reads the new shape. The old one is kept up by 'down', if the file has it."),
    CUT("All tenants read the new shape. The old one is kept up by 'down', if the file has it."),
    RENAMED("The old columns have names that no application knows. They are kept up by 'down', if the file has it."),
    CONTRACTED("The sync and the old columns were dropped."),
    ABORTED("Given up; what 'apply' had made of the new shape was removed.");

    private static final List<Edge<MigrationState>> EDGES = List.of(
            new Edge<>(PLANNED, EXPANDED, "all steps of phase expand are done"),
            new Edge<>(
                    EXPANDED,
                    SYNCED,
                    "the trigger is there, and every transaction that wrote the table without it has ended"),
            new Edge<>(SYNCED, BACKFILLING, "its job is submitted"),
            new Edge<>(
                    BACKFILLING,
                    FINISHED,
                    "its job has SUCCEEDED, its quarantine is empty, and all steps of phase finish are done"),
            new Edge<>(FINISHED, READY, "the gate of its job is open"),
            new Edge<>(READY, FINISHED, "the gate of its job has closed: new drift, or the last reconcile is too old"),
            new Edge<>(READY, CUTTING, "reads of a part of the tenants are switched"),
            new Edge<>(READY, CUT, "reads of all tenants are switched"),
            new Edge<>(CUTTING, CUT, "reads of all tenants are switched"),
            new Edge<>(CUT, CUTTING, "reads of a tenant are taken back"),
            new Edge<>(CUTTING, READY, "rolled back"),
            new Edge<>(CUT, READY, "rolled back"),
            new Edge<>(CUT, RENAMED, "the report of the contract is green, and the old columns are renamed"),
            new Edge<>(RENAMED, CUT, "renamed back"),
            new Edge<>(RENAMED, CONTRACTED, "the report is green again, and the old columns are dropped"),
            new Edge<>(CUT, CONTRACTED, "the same, with 'contract: { rename: false }'"),
            new Edge<>(PLANNED, ABORTED, "aborted"),
            new Edge<>(EXPANDED, ABORTED, "aborted"),
            new Edge<>(SYNCED, ABORTED, "aborted"),
            new Edge<>(BACKFILLING, ABORTED, "aborted, and its job was cancelled"),
            new Edge<>(FINISHED, ABORTED, "aborted"),
            new Edge<>(READY, ABORTED, "aborted"));

    private final String meaning;

    MigrationState(String meaning) {
        this.meaning = meaning;
    }

    /** The meaning of the state, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Every legal transition, with its cause. */
    public static List<Edge<MigrationState>> edges() {
        return EDGES;
    }
}
