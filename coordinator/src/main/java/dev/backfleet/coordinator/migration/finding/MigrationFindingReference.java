package dev.backfleet.coordinator.migration.finding;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Generates the page of findings about migrations. */
public final class MigrationFindingReference {
    private static final String HEAD = """
            # Findings about migrations

            <!-- Made from the code by MigrationFindingReferenceTest: change MigrationFindingCode, not this page. -->

            What `backfleet migration plan FILE` finds about a migration and its table, as `findings` in `-o json`: `code`, `severity`, `place`
            (the key of the file, or the step), `line` (of that key), `message` and `remedy`. With a finding of severity `error`, here or among
            [those about its job](findings.md), which are `backfill.findings`, `plan` ends with exit code 10. `warning`: it can be applied, but
            not as a person may expect. `remark`: good to know. A file that is wrong whatever the database has no findings: it is refused with
            exit code 2.

            | code | severity | meaning | what can be done |
            |---|---|---|---|
            """;

    private MigrationFindingReference() {}

    /** The page, in Markdown. */
    public static String page() {
        return HEAD
                + Arrays.stream(MigrationFindingCode.values())
                        .map(code -> "| `" + code.text() + "` | "
                                + code.severity().text() + " | " + code.meaning() + " | " + code.remedy() + " |\n")
                        .collect(Collectors.joining());
    }
}
