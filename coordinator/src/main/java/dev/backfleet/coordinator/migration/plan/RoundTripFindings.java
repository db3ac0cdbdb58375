package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.RoundTrip;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a sample of rows says of {@code up} and {@code down}. Pure; names keys and columns, no values. */
final class RoundTripFindings {
    private RoundTripFindings() {}

    static List<MigrationFinding> of(RoundTrip sample, Migration migration) {
        var to = migration.to().keySet().stream().map(Identifier::toString).collect(Collectors.joining(", "));
        var lost = migration.down().keySet().stream()
                .filter(sample.lost()::containsKey)
                .map(column -> {
                    var loss = Objects.requireNonNull(sample.lost().get(column), "a loss");
                    return MigrationFinding.of(
                            MigrationFindingCode.ROUND_TRIP_LOSES,
                            "down." + column,
                            HumanText.number(loss.rows()) + " of " + HumanText.number(sample.rows())
                                    + " sampled rows would not get their " + column + " back from " + to
                                    + (loss.key().isEmpty() ? "" : ", such as the one with " + loss.key()),
                            "correct up or down; or accept that a write in the new shape changes " + column
                                    + " of such rows");
                });
        var failed = sample.failure().stream()
                .map(
                        why -> MigrationFinding.of(
                                MigrationFindingCode.ROUND_TRIP_FAILS,
                                "down",
                                "down could not be computed for a sample of rows: " + why,
                                "correct it for such rows; with sync: { on-error: leave } a write of one leaves the other shape as it is"));
        return Stream.concat(lost, failed).toList();
    }
}
