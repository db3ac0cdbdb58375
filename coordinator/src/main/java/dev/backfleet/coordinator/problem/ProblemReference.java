package dev.backfleet.coordinator.problem;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Generates the page of problems. */
public final class ProblemReference {
    private static final String HEAD = """
            # Problems

            <!-- Made from the code by ProblemReferenceTest: change ProblemCode, not this page. -->

            Whatever prevents, delays or threatens a job's work is said by `backfleet status`, by `watch` and, as `problems`, by
            `status -o json`, `jobs -o json` and `workers -o json`: `code`, `severity` (`fleet`: the whole fleet has stopped; `error`: until an operator acts;
            `warning`; `remark`), `since`, `message`, `remedy` and `goesOnByItself`. They are sorted by severity; of equal ones,
            what stops the job comes first, then the newest. A running job that moves nothing for ten seconds has at least one.

            | code | meaning | what to do |
            |---|---|---|
            """;

    private ProblemReference() {}

    /** The page, in Markdown. */
    public static String page() {
        return HEAD
                + Arrays.stream(ProblemCode.values())
                        .map(code -> "| `" + code.text() + "` | " + code.cause() + " | " + code.action() + " |\n")
                        .collect(Collectors.joining());
    }
}
