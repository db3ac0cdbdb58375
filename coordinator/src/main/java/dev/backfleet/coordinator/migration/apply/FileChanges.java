package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.file.MigrationDifference;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;

/** What may not change in the file of a migration that was applied before: the change that is under way. Limits may. */
final class FileChanges {
    private FileChanges() {}

    /**
     * Compares the file with the one that was applied before.
     *
     * @param table its table, with its schema
     * @throws OperationRefused CONFLICT if they describe different changes
     */
    static void refuse(Stored stored, Migration now, String table) {
        if (!stored.table().equals(table)) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " is one of the table " + stored.table(),
                    "give this one another name, or abort the other: backfleet migration abort " + stored.name());
        }
        if (stored.source().equals(now.source())) {
            return;
        }
        var before = MigrationParser.parse("the file that was applied", stored.source())
                .migration();
        var changed = MigrationDifference.keys(before, now, stored.job().isPresent());
        if (!changed.isEmpty()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " (id " + stored.id() + ") is " + stored.state()
                            + " with another file, which differs in " + String.join(", ", changed),
                    "apply that file, or give this one another name, or abort first: backfleet migration abort "
                            + stored.name());
        }
    }
}
