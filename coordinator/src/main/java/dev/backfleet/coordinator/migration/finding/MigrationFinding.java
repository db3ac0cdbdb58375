package dev.backfleet.coordinator.migration.finding;

import dev.backfleet.coordinator.finding.FindingSeverity;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a person should know about a migration before it is applied, in the order of the JSON output; names and order are an interface.
 *
 * @param code which of the kinds it is
 * @param severity how grave it is; the same for all findings of a code
 * @param place the key of the file, or the step, that it is about
 * @param line the line of that key in the file, or of the group that it is in; null if it is a step
 * @param message what is so, as a clause; never a row's value
 * @param remedy what can be done about it, as a clause; null if nothing need be done
 */
public record MigrationFinding(
        MigrationFindingCode code,
        FindingSeverity severity,
        String place,
        @Nullable Integer line,
        String message,
        @Nullable String remedy) {

    /** A finding with what can be done about it. */
    public static MigrationFinding of(
            MigrationFindingCode code, String place, String message, @Nullable String remedy) {
        return new MigrationFinding(code, code.severity(), place, null, message, remedy);
    }

    /** The same with the line of its place. */
    public MigrationFinding at(OptionalInt number) {
        return number.isEmpty()
                ? this
                : new MigrationFinding(code, severity, place, number.getAsInt(), message, remedy);
    }

    /** Its place, for people. */
    public String where() {
        return place + (line == null ? "" : " (line " + line + ")");
    }

    /** The gravest first, otherwise in their order. */
    public static List<MigrationFinding> sorted(List<MigrationFinding> findings) {
        return findings.stream()
                .sorted(Comparator.comparing(MigrationFinding::severity))
                .toList();
    }
}
