package dev.backfleet.coordinator.operation;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.operation.Intake.OtherJob;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.util.List;
import java.util.stream.Stream;

/** Checks a spec against the table and against the other jobs; stores nothing. */
public final class SpecCheck {
    private final Catalog catalog;
    private final Intake intake;

    public SpecCheck(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /**
     * Checks.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    public PinnedSpec check(ParsedSpec parsed) {
        var pinned = SpecPinner.pin(catalog, parsed);
        var set = pinned.definition().work().columns();
        return pinned.with(intake.unfinished(pinned.leaves()).stream()
                .flatMap(other -> finding(other, set))
                .toList());
    }

    private static Stream<Finding> finding(OtherJob other, List<String> set) {
        var both = other.columns().stream()
                .filter(set::contains)
                .map(column -> Identifier.of(column).toString())
                .toList();
        return both.isEmpty()
                ? Stream.empty()
                : Stream.of(Finding.of(
                        FindingCode.COLUMN_SET_BY_JOB,
                        "the unfinished job " + other.name() + " (id " + other.id() + ") sets "
                                + String.join(", ", both)
                                + " as well: which of both changes a row last is left to chance",
                        "wait for its end, or cancel one of them"));
    }
}
