package dev.backfleet.coordinator.finding;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Generates the page of findings. */
public final class FindingReference {
    private static final String HEAD = """
            # Findings

            <!-- Made from the code by FindingReferenceTest: change FindingCode, not this page. -->

            What `backfleet plan SPEC` finds about a spec, its table and the server before the job runs, as `findings` in `-o json`: `code`,
            `severity`, `message` and `remedy`. `error`: rows or the application are at stake; `plan` ends with exit code 4, and `submit`
            refuses the spec with the same code, except for kinds that only `plan` looks for. `--force` stores it nevertheless; the audit
            has the codes that it was given for. `warning`: the job can run, but not as a person may expect. `remark`: good to know.
            `submit` looks at the catalog as well, at nothing that takes long, prints errors and warnings, and stores those that matter
            while the job runs with it.

            A spec that cannot run at all (a wrong name, a rule ON UPDATE, row security that hides rows, a foreign table, …) has no findings:
            it is refused with exit code 2. A connection pooler that shares sessions is refused with exit code 3.

            | code | severity | meaning | what can be done |
            |---|---|---|---|
            """;

    private FindingReference() {}

    /** The page, in Markdown. */
    public static String page() {
        return HEAD
                + Arrays.stream(FindingCode.values())
                        .map(code -> "| `" + code.text() + "` | "
                                + code.severity().text() + " | " + meaning(code) + " | " + code.remedy() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String meaning(FindingCode code) {
        return code.meaning()
                + (!FindingScope.isOfPlan(code)
                        ? ""
                        : code.severity() == FindingSeverity.ERROR
                                ? " Only `plan` looks for it: `submit` does not refuse the spec for it."
                                : " Only `plan` looks for it.");
    }
}
