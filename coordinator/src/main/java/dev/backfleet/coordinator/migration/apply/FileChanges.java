package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.ArrayList;
import java.util.List;

/** What may not change in the file of a migration that was applied before: the change that is under way. Limits may. */
final class FileChanges {
    private FileChanges() {}

    /**
     * Compares the file with the one that was applied before.
     *
     * @throws OperationRefused CONFLICT if they describe different changes
     */
    static void refuse(Stored stored, Migration now) {
        if (stored.source().equals(now.source())) {
            return;
        }
        var before = MigrationParser.parse("the file that was applied", stored.source())
                .migration();
        var changed = changed(before, now, stored.job().isPresent());
        if (!changed.isEmpty()) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "the migration " + stored.name() + " (id " + stored.id() + ") is " + stored.state()
                            + " with another file, which differs in " + String.join(", ", changed),
                    "apply that file, or give this one another name, or abort first: backfleet migration abort "
                            + stored.name());
        }
    }

    private static List<String> changed(Migration before, Migration now, boolean submitted) {
        var changed = new ArrayList<String>();
        differs(changed, "from", before.from(), now.from());
        differs(
                changed,
                "to",
                List.copyOf(before.to().entrySet()),
                List.copyOf(now.to().entrySet()));
        differs(changed, "down", before.down(), now.down());
        differs(changed, "sync", before.onError(), now.onError());
        differs(changed, "expand", before.expand(), now.expand());
        if (submitted) {
            differs(
                    changed,
                    "backfill",
                    before.backfill().spec().source(),
                    now.backfill().spec().source());
        }
        return changed;
    }

    private static void differs(List<String> changed, String key, Object before, Object now) {
        if (!before.equals(now)) {
            changed.add(key);
        }
    }
}
