package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import java.util.stream.Stream;

/** What a migration cannot be whose new shape is in another table, as far as its file tells. What a job cannot copy is refused before. */
final class IntoChecks {
    private final Migration migration;
    private final SpecLocations at;

    IntoChecks(Migration migration, SpecLocations at) {
        this.migration = migration;
        this.at = at;
    }

    /** Checks that nothing stands beside {@code into} which belongs to columns of the same table. */
    static void refuseKeys(SpecNode.Mapping root, SpecLocations at) {
        if (root.entries().containsKey(MigrationKeys.TO.path())) {
            throw at.problem(
                    MigrationKeys.TO.path(),
                    "stands beside into: the new shape is in columns of the table, or in another table",
                    "make two migrations of it, or write what a row is given of its copy as "
                            + CopyKeys.WRITE_BACK.path());
        }
        if (root.entries().containsKey(MigrationKeys.DOWN.path())) {
            throw at.problem(
                    MigrationKeys.DOWN.path(),
                    "stands beside into: the sync to another table goes one way, so a write of a copy does not come to its row",
                    "leave it out; 'cutover --one-way' accepts that");
        }
    }

    /**
     * Makes the other checks.
     *
     * @throws dev.backfleet.common.spec.SpecException at the first that fails
     */
    void refuse() {
        if (migration.copy().isPresent()) {
            var copy = migration.copy().get();
            refuseExpressions(copy);
            refuseWrittenBack(copy);
            refuseFailing(copy);
        } else {
            refuseElements();
        }
    }

    private void refuseExpressions(Copy copy) {
        copy.columns().forEach((column, expression) -> {
            var path = SpecLocations.copyColumn(column);
            MigrationChecks.refuseSubSelect(at, path, expression);
            copy.writeBack().keySet().stream()
                    .filter(back -> expression.references().contains(back.name()))
                    .findFirst()
                    .ifPresent(back -> {
                        throw at.problem(
                                path,
                                "reads " + back + ", which is given what the copy has: its value may not be there yet",
                                "compute it from the other columns");
                    });
        });
    }

    private void refuseWrittenBack(Copy copy) {
        copy.writeBack().keySet().stream()
                .filter(migration.from()::contains)
                .findFirst()
                .ifPresent(column -> {
                    throw at.problem(
                            SpecLocations.writeBackColumn(column),
                            "is a column of from as well: it would be dropped with the old shape",
                            "write the value back into another column");
                });
    }

    // What tells them apart from other rows is what is written back.
    private void refuseFailing(Copy copy) {
        if (copy.conflict() == OnConflict.FAIL && copy.writeBack().isEmpty()) {
            throw at.problem(
                    CopyKeys.ON_CONFLICT.path(),
                    "would quarantine every row that the sync has copied before the job came to it",
                    "write nothing or update, or name a column in write-back: rows in which it has a value are passed over");
        }
    }

    private void refuseElements() {
        Stream.concat(migration.expand().stream(), migration.finish().stream())
                .filter(Element.Into.class::isInstance)
                .findFirst()
                .ifPresent(element -> {
                    throw at.problem(
                            migration.expand().contains(element)
                                    ? MigrationKeys.EXPAND.path()
                                    : MigrationKeys.FINISH.path(),
                            "has an element of another table, and the migration moves nothing into one",
                            "write the element alone, or say at the top which table it is: into: { table: … }");
                });
    }
}
