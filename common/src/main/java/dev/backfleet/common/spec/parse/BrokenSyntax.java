package dev.backfleet.common.spec.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.spec.SpecProblem.Excerpt;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Words for a text that is no YAML, or no JSON: the parser's message, the place, and the usual mistake at such a place. */
final class BrokenSyntax {
    // A YAML problem's position is the last one in the message; the exception's location is where its context began.
    private static final Pattern PLACE = Pattern.compile("(?m)^ in .*, line ([0-9]{1,9}), column ([0-9]{1,9})");
    private static final Pattern INTERNALS = Pattern.compile("(, got this instead: <| \\(start marker at ).*");

    // At its end a quote and the character that was not expected: directly behind it, or an operator.
    private static final Pattern QUOTE_THAT_ENDS = Pattern.compile("(['\"])(?:[^\\s,}\\]:#]|\\s*[-|+*/=<>!]+)$");
    private static final Pattern LINE_BREAK = Pattern.compile("\\r\\n|[\\r\\n\\u0085\\u2028\\u2029]");

    private final String file;
    private final boolean json;
    private final List<String> lines;

    BrokenSyntax(String file, String text, boolean json) {
        this.file = file;
        this.json = json;
        this.lines = List.of(LINE_BREAK.split(text, -1));
    }

    SpecException problem(JsonProcessingException e) {
        var place = place(e);
        var said = "not valid " + (json ? "JSON: " : "YAML: ") + said(e);
        if (place == null) {
            return of(OptionalInt.empty(), said, remedy(), null);
        }
        var text = lines.get(place.line - 1);
        var quote = QUOTE_THAT_ENDS.matcher(upTo(text, place.column));
        if (!json && quote.find()) {
            return of(
                    OptionalInt.of(place.line),
                    said,
                    "the quote above the mark ends the text: "
                            + (quote.group(1).equals("'")
                                    ? "write '' for a quote inside of it, or put the whole text in double quotes"
                                    : "write \\\" for a quote inside of it, or put the whole text in single quotes"),
                    new Excerpt(text, text.codePointCount(0, quote.start()) + 1));
        }
        return of(OptionalInt.of(place.line), said, remedy(), new Excerpt(text, place.column));
    }

    // With the character at the column itself.
    private static String upTo(String text, int column) {
        return text.substring(0, text.offsetByCodePoints(0, Math.min(column, text.codePointCount(0, text.length()))));
    }

    private String remedy() {
        return json ? "correct the syntax" : "correct the syntax; quote texts that hold \": \" or begin with a sign";
    }

    private @Nullable Place place(JsonProcessingException e) {
        var named = PLACE.matcher(e.getOriginalMessage()).results().reduce((before, place) -> place);
        if (named.isPresent()) {
            return place(
                    Integer.parseInt(named.get().group(1)),
                    Integer.parseInt(named.get().group(2)));
        }
        var where = e.getLocation();
        return where == null ? null : place(where.getLineNr(), where.getColumnNr());
    }

    private @Nullable Place place(int line, int column) {
        if (line < 1 || line > lines.size()) {
            return null;
        }
        var text = lines.get(line - 1);
        return new Place(line, Math.max(1, Math.min(column, text.codePointCount(0, text.length()) + 1)));
    }

    // SnakeYAML's message has the context first, then indented excerpts, and the problem last.
    private static String said(JsonProcessingException e) {
        var problem = e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .reduce("it cannot be read", (before, line) -> line);
        return INTERNALS.matcher(problem).replaceFirst("");
    }

    private SpecException of(OptionalInt line, String what, String remedy, @Nullable Excerpt excerpt) {
        return new SpecException(new SpecProblem(file, line, "", what, remedy, excerpt));
    }

    private record Place(int line, int column) {}
}
