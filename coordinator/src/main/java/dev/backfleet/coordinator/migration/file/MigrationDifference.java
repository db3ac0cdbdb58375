package dev.backfleet.coordinator.migration.file;

import dev.backfleet.coordinator.migration.Migration;
import java.util.ArrayList;
import java.util.List;

/** What may not change in the file of a migration that is under way: the change itself. Limits, steps of the cutover and {@code finish} may. */
public final class MigrationDifference {
    private MigrationDifference() {}

    /**
     * The keys that may not differ, and do.
     *
     * @param before the file that was applied
     * @param submitted whether its job was submitted
     */
    public static List<String> keys(Migration before, Migration now, boolean submitted) {
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
        return List.copyOf(changed);
    }

    private static void differs(List<String> changed, String key, Object before, Object now) {
        if (!before.equals(now)) {
            changed.add(key);
        }
    }
}
