package dev.backfleet.coordinator.migration.finding;

import dev.backfleet.coordinator.finding.FindingSeverity;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person should know about a migration before it is applied, in the order of the JSON output; names and order are an interface.
 *
 * @param code which of the kinds it is
 * @param severity how grave it is; the same for all findings of a code
 * @param place the key of the file, or the step, that it is about
 * @param message what is so, as a clause; never a row's value
 * @param remedy what can be done about it, as a clause; null if nothing need be done
 */
public record MigrationFinding(
        MigrationFindingCode code,
        FindingSeverity severity,
        String place,
        String message,
        @Nullable String remedy) {

    /** A finding with what can be done about it. */
    public static MigrationFinding of(
            MigrationFindingCode code, String place, String message, @Nullable String remedy) {
        return new MigrationFinding(code, code.severity(), place, message, remedy);
    }

    /** The gravest first, otherwise in their order. */
    public static List<MigrationFinding> sorted(List<MigrationFinding> findings) {
        return findings.stream()
                .sorted(Comparator.comparing(MigrationFinding::severity))
                .toList();
    }
}
