package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.Spec;
import dev.backfleet.coordinator.migration.Migration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What may not change in the file of a migration that is under way: the change itself. Limits, steps of the cutover, the
 * rule for wrong rows and {@code finish} may. */
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
        differs(changed, "into", into(before), into(now));
        differs(changed, "down", before.down(), now.down());
        differs(changed, "sync", before.onError(), now.onError());
        differs(changed, "expand", before.expand(), now.expand());
        if (submitted) {
            differs(changed, "backfill", work(before), work(now));
            // The job has it in its spec: nothing would stand for it.
            var rule = before.backfill().spec().different();
            if (rule.isPresent() && now.backfill().spec().different().isEmpty()) {
                changed.add("reconcile.different, which may change, but not be taken out");
            }
        }
        return List.copyOf(changed);
    }

    // In the order of the file: the function of the sync has that.
    private static List<Object> into(Migration migration) {
        return migration.copy().stream()
                .<Object>flatMap(copy -> Stream.of(
                        copy.into(),
                        List.copyOf(copy.columns().entrySet()),
                        copy.key(),
                        copy.conflict(),
                        List.copyOf(copy.writeBack().entrySet())))
                .toList();
    }

    // What the job does, without what its rows are judged by: that is asked of the file each time.
    private static Spec work(Migration migration) {
        var spec = migration.backfill().spec();
        return new Spec(
                spec.name(),
                spec.table(),
                spec.tenant(),
                spec.change(),
                spec.key(),
                spec.limits(),
                spec.window(),
                spec.deadline(),
                spec.throttle(),
                spec.rollout(),
                Optional.empty(),
                "");
    }

    private static void differs(List<String> changed, String key, Object before, Object now) {
        if (!before.equals(now)) {
            changed.add(key);
        }
    }
}
