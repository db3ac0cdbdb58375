package dev.backfleet.coordinator.migration.contract;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Generates the page of the report before the old columns of a migration go. */
public final class ContractReference {
    private static final String HEAD = """
            # What must be so before the old columns go

            <!-- Made from the code by ContractReferenceTest: change Precondition, not this page. -->

            The lines of the report of [`backfleet migration contract M`](../migrations.md#the-end), as `lines` in `-o json`: `what` (the code),
            `certainty`, `green`, `says` (what was found) and `remedy`. `--rename` and `--drop` are refused with exit code 10 unless
            each line is green at that moment. One code may have several lines: one for each object that needs an old column.

            *Proven*: the database tells it. *Evidence*: it was looked for, and not found. *Cannot be known*: only a person can say it, with
            `--i-have-deployed VERSION`.

            | code | green if | certainty |
            |---|---|---|
            """;

    private ContractReference() {}

    /** The page, in Markdown. */
    public static String page() {
        return HEAD
                + Arrays.stream(Precondition.values())
                        .map(one -> "| `" + one.code() + "` | " + one.greenIf() + " | "
                                + one.certainty().words() + " |\n")
                        .collect(Collectors.joining());
    }
}
