package dev.backfleet.coordinator.cli.text;

import dev.backfleet.coordinator.query.quarantine.ExplainRow.Explanation;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Said;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL says about a row in quarantine, for the terminal of the person who asked. */
public final class ExplanationText {
    private static final String INDENT = "  ";

    private ExplanationText() {}

    /** The result in one line, and PostgreSQL's own words below it. */
    public static String of(String job, List<String> key, Explanation explanation) {
        var row = "row (" + safe(String.join(", ", key)) + ") of " + explanation.table();
        return switch (explanation.outcome()) {
            case ACCEPTED -> row + ": PostgreSQL accepts the change now; it was rolled back\n";
            case NO_NEED ->
                row + ": it was deleted, or no longer needs the change; 'backfleet quarantine " + job
                        + " --retry' removes it from quarantine\n";
            case REJECTED -> row + ": PostgreSQL rejects the change; it was rolled back\n" + words(explanation.said());
        };
    }

    private static String words(@Nullable Said said) {
        if (said == null) {
            return "";
        }
        var parts = said.parts().stream()
                .map(part -> INDENT + part.name() + ": " + lines(part.text()) + "\n")
                .collect(Collectors.joining());
        return INDENT + said.sqlState() + ": " + lines(said.message()) + "\n" + parts;
    }

    private static String lines(String text) {
        return text.lines().map(ExplanationText::safe).collect(Collectors.joining("\n" + INDENT + INDENT));
    }

    // A value of a row must not control the terminal.
    private static String safe(String text) {
        return text.codePoints()
                .map(c -> Character.getType(c) == Character.FORMAT || Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
