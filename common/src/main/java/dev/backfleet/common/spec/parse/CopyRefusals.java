package dev.backfleet.common.spec.parse;

import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.Undo;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import java.util.List;

/** What is wrong with a spec that copies rows, as far as it can be told without a database. */
final class CopyRefusals {
    private CopyRefusals() {}

    /** A spec sets columns, or copies rows. */
    static void refuseBoth(SpecNode.Mapping root, SpecLocations at) {
        if (root.entries().containsKey(SpecKeys.SET.path()) && root.entries().containsKey(CopyKeys.GROUP)) {
            throw at.problem(
                    CopyKeys.GROUP,
                    "stands beside set: a job sets columns of its own table, or copies rows into another one",
                    "make two jobs of it; what a copy has is written back by " + CopyKeys.WRITE_BACK.path());
        }
    }

    static void refuse(Spec spec, SpecLocations at) {
        spec.change().copy().ifPresent(copy -> {
            refuseKeyWithoutValue(copy, at);
            refuseWritingWhatIsScanned(spec, copy, at);
            if (copy.into().equals(spec.table())) {
                throw at.problem(CopyKeys.TABLE.path(), "is the table that is read", "name another table, or use set");
            }
            if (spec.change().undo() == Undo.KEEP) {
                throw at.problem(
                        SpecKeys.UNDO.path(),
                        "keeps values that are overwritten, and a copy overwrites none of the row",
                        "leave undo out; to take a copy back, delete its rows from " + copy.into());
            }
            if (spec.limits().passes().orElse(1) > 1) {
                throw at.problem(
                        SpecKeys.WALK_PASSES.path(),
                        "makes room for new versions of rows, and a copy is a row of another table",
                        "leave it out");
            }
            if (spec.different().isPresent()) {
                throw at.problem(
                        SpecKeys.RECONCILE_DIFFERENT.path(),
                        "is a condition on one row, and a copy is judged by two",
                        "leave it out: what can be computed again is compared with the copy");
            }
        });
    }

    private static void refuseKeyWithoutValue(Copy copy, SpecLocations at) {
        for (var column : copy.key().orElse(List.of())) {
            if (!copy.columns().containsKey(column)) {
                throw at.problem(
                        CopyKeys.KEY.path(),
                        "names " + column + ", which is given no value",
                        "write what it is given: into: { columns: { " + column + ": … } }");
            }
        }
    }

    private static void refuseWritingWhatIsScanned(Spec spec, Copy copy, SpecLocations at) {
        for (var column : copy.writeBack().keySet()) {
            if (spec.key().orElse(List.of()).contains(column)
                    || spec.tenant().filter(column::equals).isPresent()) {
                throw at.problem(
                        SpecLocations.writeBackColumn(column),
                        "is a column that the job scans by, and cannot be changed",
                        "write the value back into another column");
            }
        }
    }
}
