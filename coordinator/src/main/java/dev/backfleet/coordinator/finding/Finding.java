package dev.backfleet.coordinator.finding;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person should know about a spec, its table or the server before the job runs, in the order of the JSON output; names and
 * order are an interface.
 *
 * @param code which of the kinds it is
 * @param severity how grave it is; the same for all findings of a code
 * @param message what is so and where, as a clause; never a row's value
 * @param remedy what can be done about it, as a clause, with the SQL to run where there is one; null if nothing need be done
 */
public record Finding(
        FindingCode code,
        FindingSeverity severity,
        String message,
        @Nullable String remedy) {

    /** A finding with what can be done about it. */
    public static Finding of(FindingCode code, String message, @Nullable String remedy) {
        return new Finding(code, code.severity(), message, remedy);
    }

    /** A finding about which nothing need be done. */
    public static Finding of(FindingCode code, String message) {
        return of(code, message, null);
    }

    /** The finding as one line. */
    public String line() {
        return remedy == null ? message : message + "; " + remedy;
    }

    /** Whether rows or the application are at stake. */
    public boolean endangersRows() {
        return severity == FindingSeverity.ERROR;
    }

    /** Whether a submission is refused because of it, unless it is forced: not if only a plan looks for it. */
    public boolean refuses() {
        return endangersRows() && !FindingScope.isOfPlan(code);
    }

    /** The gravest first, otherwise in their order. */
    public static List<Finding> sorted(List<Finding> findings) {
        return findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
    }
}
