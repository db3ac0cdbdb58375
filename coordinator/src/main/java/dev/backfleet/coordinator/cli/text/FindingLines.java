package dev.backfleet.coordinator.cli.text;

import dev.backfleet.coordinator.finding.FindingSeverity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Findings as text. */
public final class FindingLines {
    private static final String INDENT = " ".repeat(10);

    private FindingLines() {}

    /** One finding, with its remedy below it. */
    public static List<String> of(FindingSeverity severity, String text, @Nullable String remedy) {
        var lines = new ArrayList<String>();
        lines.add((severity.text() + INDENT).substring(0, INDENT.length()) + text.replace("\n", "\n" + INDENT));
        if (remedy != null) {
            lines.add(INDENT + "→ " + remedy.replace("\n", "\n" + INDENT + "  "));
        }
        return lines;
    }

    /** How many there are of each severity. */
    public static String counts(List<FindingSeverity> severities) {
        return Stream.of(FindingSeverity.values())
                .map(severity -> count(
                        severity, severities.stream().filter(severity::equals).count()))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String count(FindingSeverity severity, long count) {
        return count == 0 ? "" : count + " " + severity.text() + (count == 1 ? "" : "s");
    }
}
