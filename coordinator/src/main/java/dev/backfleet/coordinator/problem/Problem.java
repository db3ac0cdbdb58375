package dev.backfleet.coordinator.problem;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that prevents, delays or threatens work, in the order of the JSON output; names and order are an interface.
 *
 * @param code what it is, for programs and for the page of problems
 * @param severity how grave it is
 * @param since since when; null if that is not known
 * @param message what is true, as a clause without a period; never a row's value
 * @param remedy what to do, or what ends it; null if there is nothing to add
 * @param goesOnByItself whether work continues without anybody's help when the cause is over
 */
public record Problem(
        ProblemCode code,
        Severity severity,
        @Nullable Instant since,
        String message,
        @Nullable String remedy,
        boolean goesOnByItself) {

    /** The same, no graver than a severity. */
    Problem atMost(Severity gravest) {
        return severity.compareTo(gravest) >= 0
                ? this
                : new Problem(code, gravest, since, message, remedy, goesOnByItself);
    }

    /** The message with the remedy. */
    public String text() {
        return remedy == null ? message : message + "; " + remedy;
    }
}
