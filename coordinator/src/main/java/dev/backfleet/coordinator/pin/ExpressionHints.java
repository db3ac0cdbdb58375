package dev.backfleet.coordinator.pin;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What to do about an expression that PostgreSQL rejects: the usual mistakes have advice of their own. */
final class ExpressionHints {
    private static final Pattern ONE_NAME = Pattern.compile("\\w+|\"[^\"]+\"");
    private static final Pattern BARE_WORDS = Pattern.compile("[\\p{L}_][\\p{L}\\d_ -]*");
    private static final Pattern IN_DOUBLE_QUOTES = Pattern.compile("\"([^\"]+)\"");

    private final Catalog catalog;
    private final TableFacts table;

    ExpressionHints(Catalog catalog, TableFacts table) {
        this.catalog = catalog;
        this.table = table;
    }

    /**
     * What to do.
     *
     * @param set the columns that the job sets
     */
    String remedy(SqlExpression expression, Rejection rejection, List<String> set) {
        var text = expression.text().strip();
        return switch (rejection.kind()) {
            case DENIED -> grants(catalog.missingGrants(table.table(), set, expression.names()));
            case UNKNOWN_COLUMN -> textInQuotes(text);
            case SYNTAX ->
                BARE_WORDS.matcher(text).matches()
                        ? "correct it; or, if it is a text, write " + inYaml(text)
                        : "correct the expression; it may use the columns of the row";
            case OTHER -> "correct the expression; it may use the columns of the row";
        };
    }

    /** Which statements give the role what it needs, as a remedy. */
    static String grants(Catalog.Grants missing) {
        return (missing.statements().isEmpty()
                        ? "let the owner grant it to " + missing.role()
                        : "let the owner run: " + String.join("; ", missing.statements()))
                + "; the workers' role needs it as well";
    }

    private String textInQuotes(String text) {
        if (ONE_NAME.matcher(text).matches()) {
            return "correct the name; or, if it is a text, write " + inYaml(text.replace("\"", ""));
        }
        return unknownInDoubleQuotes(text)
                .map(name -> "double quotes are for the names of columns: if it is a text, write '"
                        + name.replace("'", "''") + "'")
                .orElse("correct the expression; it may use the columns of the row");
    }

    private Optional<String> unknownInDoubleQuotes(String text) {
        return IN_DOUBLE_QUOTES
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(name -> table.column(name).isEmpty())
                .findFirst();
    }

    // YAML takes its own quotes away: those of SQL stand inside of them.
    private static String inYaml(String text) {
        return "\"'" + text.replace("'", "''") + "'\", with the quotes of SQL inside of those of YAML";
    }

    /** A list of names, quoted where needed. */
    static String names(List<String> names) {
        return String.join(
                ", ", names.stream().map(name -> Identifier.of(name).toString()).toList());
    }
}
