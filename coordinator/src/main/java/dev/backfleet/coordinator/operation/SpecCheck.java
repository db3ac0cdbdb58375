package dev.backfleet.coordinator.operation;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.operation.Intake.OtherJob;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.pin.Warning;
import java.util.List;
import java.util.stream.Stream;

/** Checks a spec against the table and against the other jobs; stores nothing. */
final class SpecCheck {
    private final Catalog catalog;
    private final Intake intake;

    SpecCheck(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /**
     * Checks.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    PinnedSpec check(ParsedSpec parsed) {
        var pinned = SpecPinner.pin(catalog, parsed);
        var set = pinned.definition().work().columns();
        return pinned.with(intake.unfinished(pinned.leaves()).stream()
                .flatMap(other -> warning(other, set))
                .toList());
    }

    private static Stream<Warning> warning(OtherJob other, List<String> set) {
        var both = other.columns().stream()
                .filter(set::contains)
                .map(column -> Identifier.of(column).toString())
                .toList();
        return both.isEmpty()
                ? Stream.empty()
                : Stream.of(new Warning(
                        Warning.Code.COLUMN_SET_BY_JOB,
                        "the unfinished job " + other.name() + " (id " + other.id() + ") sets "
                                + String.join(", ", both)
                                + " as well: which of both changes a row last is left to chance",
                        "wait for its end, or cancel one of them"));
    }
}
