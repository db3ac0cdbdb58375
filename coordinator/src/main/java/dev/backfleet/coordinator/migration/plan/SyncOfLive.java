package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.file.MigrationDifference;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.OtherMigration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.operation.OperationRefused;
import java.util.List;
import java.util.Optional;

/**
 * The sync of the same migration, if it is under way: with another file its sync is another one and not something in the way; with the same
 * file it must be as it was made. Pure.
 */
final class SyncOfLive {
    private final Optional<OtherMigration> live;
    private final List<String> differs;

    private SyncOfLive(Optional<OtherMigration> live, List<String> differs) {
        this.live = live;
        this.differs = differs;
    }

    /**
     * That of a migration.
     *
     * @param others the migrations that are under way
     */
    static SyncOfLive of(Migration migration, List<OtherMigration> others) {
        var live = others.stream()
                .filter(other -> other.sameTable() && other.name().equals(migration.name()))
                .findFirst();
        return new SyncOfLive(
                live,
                live.map(other -> MigrationDifference.keys(
                                MigrationParser.parse(other.name(), other.source())
                                        .migration(),
                                migration,
                                other.submitted()))
                        .orElse(List.of()));
    }

    /** That the file describes another change than the one that is under way; nothing if it does not. */
    Optional<MigrationFinding> changed() {
        return live.filter(other -> !differs.isEmpty())
                .map(other -> MigrationFinding.of(
                        MigrationFindingCode.FILE_CHANGED,
                        differs.get(0),
                        "the migration " + other.name() + ", which is " + other.state()
                                + ", was applied with another file, which differs in " + String.join(", ", differs),
                        "apply that file, or give this one another name, or abort first: backfleet migration abort "
                                + other.name()));
    }

    /** Whether its job was submitted: what concerns that is no longer planned. */
    boolean submitted() {
        return live.filter(OtherMigration::submitted).isPresent();
    }

    /** Whether what is there is the sync of the file that was applied, or its loss, which is a finding of its own. */
    boolean explains(Step step, String standing) {
        return step.phase() == Phase.SYNC
                && !standing.equals(Standing.DONE.word())
                && live.filter(other -> !differs.isEmpty() || isSynced(other)).isPresent();
    }

    /** That the sync is no longer as it was made; nothing if it is, or if the file is another one. */
    Optional<MigrationFinding> lost(Step step, String standing) {
        return live.filter(other -> differs.isEmpty() && isSynced(other) && explains(step, standing))
                .map(other -> MigrationFinding.of(
                        MigrationFindingCode.SYNC_LOST,
                        step.id(),
                        "it is no longer as it was made ("
                                + (standing.equals(Standing.OPEN.word()) ? "it is missing" : standing)
                                + "), and the migration is " + other.state()
                                + ": rows that were written since may be out of step",
                        "abort the migration and apply it again: backfleet migration abort " + other.name()));
    }

    /**
     * Refuses a plan while the old columns are renamed: the expressions name them, so nothing can be tried.
     *
     * @throws OperationRefused GATE_CLOSED
     */
    static void refuseRenamed(Migration migration, List<OtherMigration> others) {
        if (others.stream()
                .anyMatch(other -> other.name().equals(migration.name()) && other.state() == MigrationState.RENAMED)) {
            throw new OperationRefused(
                    OperationRefused.Code.GATE_CLOSED,
                    "the old columns of " + migration.name() + " are renamed: there is nothing to plan",
                    "see what comes next: backfleet migration contract " + migration.name());
        }
    }

    // Later its function knows the old columns by another name.
    private static boolean isSynced(OtherMigration other) {
        return other.state().compareTo(MigrationState.SYNCED) >= 0
                && other.state().compareTo(MigrationState.CUT) <= 0;
    }
}
