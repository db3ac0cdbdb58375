package dev.backfleet.coordinator.review;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.state.TableState.Collation;
import dev.backfleet.coordinator.pin.state.TableState.ForeignKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Constraints that the changed rows meet: foreign keys on either side, NOT VALID ones, and the order of the key. */
final class ConstraintFindings {
    private static final Set<String> CHANGING = Set.of("CASCADE", "SET NULL", "SET DEFAULT");

    private ConstraintFindings() {}

    static List<Finding> of(Subject subject) {
        var findings = new ArrayList<Finding>();
        subject.table().collations().forEach(collation -> findings.add(changed(subject, collation)));
        // Suppressed triggers leave foreign keys unchecked, and cascade nothing.
        if (!subject.job().work().suppressesTriggers()) {
            subject.table().foreignKeys().forEach(key -> findings.add(key.incoming() ? referredTo(key) : refers(key)));
        }
        for (var constraint : subject.table().unvalidated()) {
            findings.add(Finding.of(
                    FindingCode.CONSTRAINT_NOT_VALID,
                    "the constraint " + Identifier.of(constraint.name()) + " of " + constraint.table()
                            + " is NOT VALID ("
                            + constraint.definition().replace(" NOT VALID", "") + "): "
                            + (constraint.everyRow() ? "every row that the job changes" : "every new value")
                            + " is checked, and rows that violate it go to quarantine",
                    "fix such rows before; alter table " + constraint.table() + " validate constraint "
                            + Identifier.of(constraint.name()) + " shows whether there are any"));
        }
        return findings;
    }

    private static Finding changed(Subject subject, Collation collation) {
        var refresh = collation.name() == null
                ? "alter database … refresh collation version"
                : "alter collation " + collation.name() + " refresh version";
        return Finding.of(
                FindingCode.COLLATION_CHANGED,
                "the collation " + (collation.name() == null ? "of the database" : collation.name())
                        + " of the key column"
                        + (collation.columns().size() == 1 ? " " : "s ") + Subject.columns(collation.columns())
                        + " had version " + collation.stored() + " when its indexes were built, and has "
                        + collation.actual()
                        + " now: the index may be in the wrong order, and rows be left out",
                "reindex table concurrently " + subject.name() + "; then " + refresh);
    }

    private static Finding referredTo(ForeignKey key) {
        var what = "the foreign key " + Identifier.of(key.name()) + " of " + key.from()
                + " refers to a column that is set";
        var index = "create index concurrently on " + key.from() + " (" + key.columns() + ")";
        var changes = CHANGING.contains(key.onUpdate());
        if (!key.indexed()) {
            return changes
                    ? Finding.of(
                            FindingCode.CASCADE_WITHOUT_INDEX,
                            what + ", ON UPDATE " + key.onUpdate()
                                    + ", and no index begins with its columns: for each changed row, " + key.from()
                                    + " (" + Subject.size(key.pages())
                                    + ") is read from beginning to end, and its rows are changed",
                            index)
                    : Finding.of(
                            FindingCode.REFERENCE_WITHOUT_INDEX,
                            what + ", and no index begins with its columns: for each changed value, " + key.from()
                                    + " (" + Subject.size(key.pages()) + ") is read from beginning to end",
                            index);
        }
        return changes
                ? Finding.of(
                        FindingCode.FOREIGN_KEY_CASCADES,
                        what + ", ON UPDATE " + key.onUpdate() + ": the job changes rows of " + key.from()
                                + " as well, which no limit counts",
                        "a low rate; see what the triggers of " + key.from() + " do")
                : Finding.of(
                        FindingCode.FOREIGN_KEY_CHECKED,
                        what + ": for each changed value, PostgreSQL checks that no row of " + key.from()
                                + " refers to the old one");
    }

    private static Finding refers(ForeignKey key) {
        return Finding.of(
                FindingCode.FOREIGN_KEY_CHECKED,
                "a column that is set is part of the foreign key " + Identifier.of(key.name())
                        + ": for each new value, the row of " + key.to()
                        + " that it refers to is looked up and locked");
    }
}
