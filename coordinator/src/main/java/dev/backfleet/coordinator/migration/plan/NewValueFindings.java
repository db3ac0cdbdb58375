package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.NewValues;
import java.util.List;
import java.util.stream.Stream;

/** What a sample of rows says of {@code up} alone, or of what copies are given. Pure; names keys and columns, no values. */
final class NewValueFindings {
    private static final String REMEDY =
            "a type or an expression that suits such rows; otherwise the job puts each of them into quarantine, and halts beyond its error budget";

    private NewValueFindings() {}

    static List<MigrationFinding> of(NewValues sample, NewValueExpressions expressions) {
        var misfits = sample.misfits().stream()
                .map(misfit -> MigrationFinding.of(
                        MigrationFindingCode.UP_FAILS,
                        expressions.placeOf(misfit.column()),
                        "of " + HumanText.number(sample.rows()) + " sampled rows, the value of "
                                + (misfit.key().isEmpty() ? "one" : "the one with " + misfit.key())
                                + " cannot be computed or stored: " + misfit.why(),
                        REMEDY));
        var failed = sample.failure().stream()
                .map(why -> MigrationFinding.of(
                        MigrationFindingCode.UP_FAILS,
                        expressions.place(),
                        (expressions.suffix().isEmpty() ? "a copy" : "up")
                                + " could not be computed for a sample of rows: " + why,
                        "correct it for such rows"));
        return Stream.concat(misfits, failed).toList();
    }
}
