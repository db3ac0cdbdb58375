package dev.backfleet.common.postgres.statement;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement with parameters, {@code :name} or {@code ?}, as PostgreSQL reads it: none in strings, names in quotes, dollar quotes and
 * comments, and none after a cast ({@code ::}).
 *
 * @param texts what stands before, between and after the parameters
 * @param names their names, in their order; {@link #POSITION} for one without name
 */
record NamedStatement(List<String> texts, List<String> names) {
    static final String POSITION = "?";

    NamedStatement {
        texts = List.copyOf(texts);
        names = List.copyOf(names);
    }

    /** The statement with the driver's mark for each parameter. */
    String sql() {
        return String.join("?", texts);
    }

    static NamedStatement parse(String sql) {
        var texts = new ArrayList<String>();
        var names = new ArrayList<String>();
        var copied = 0;
        var at = 0;
        while (at < sql.length()) {
            var end = afterParameter(sql, at);
            if (end > at) {
                texts.add(sql.substring(copied, at));
                names.add(sql.charAt(at) == '?' ? POSITION : sql.substring(at + 1, end));
                copied = end;
                at = end;
            } else {
                at = after(sql, at);
            }
        }
        texts.add(sql.substring(copied));
        return new NamedStatement(texts, names);
    }

    // The end of a parameter that begins here; the same place if none does.
    private static int afterParameter(String sql, int at) {
        if (sql.charAt(at) == '?') {
            return at + 1;
        }
        if (sql.charAt(at) != ':' || at + 1 == sql.length() || !Character.isJavaIdentifierStart(sql.charAt(at + 1))) {
            return at;
        }
        var end = at + 1;
        while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    // The end of what begins here, in which nothing is a parameter: a string or the like, or one character.
    private static int after(String sql, int at) {
        return switch (sql.charAt(at)) {
            case '\'' -> afterString(sql, at, isEscapeString(sql, at));
            case '"' -> afterString(sql, at, false);
            case '-' -> sql.startsWith("--", at) ? endOr(sql, sql.indexOf('\n', at)) : at + 1;
            case '/' -> sql.startsWith("/*", at) ? afterComment(sql, at) : at + 1;
            case ':' -> sql.startsWith("::", at) ? at + 2 : at + 1;
            case '$' -> afterDollars(sql, at);
            default -> at + 1;
        };
    }

    // Two quotes inside are two strings, one after the other: that comes to the same.
    private static int afterString(String sql, int at, boolean backslashes) {
        var quote = sql.charAt(at);
        for (var end = at + 1; end < sql.length(); end++) {
            if (backslashes && sql.charAt(end) == '\\') {
                end++;
            } else if (sql.charAt(end) == quote) {
                return end + 1;
            }
        }
        return sql.length();
    }

    private static boolean isEscapeString(String sql, int at) {
        return at > 0
                && Character.toLowerCase(sql.charAt(at - 1)) == 'e'
                && (at == 1 || !Character.isJavaIdentifierPart(sql.charAt(at - 2)));
    }

    private static int afterComment(String sql, int at) {
        var depth = 0;
        for (var end = at; end < sql.length(); ) {
            if (sql.startsWith("/*", end)) {
                depth++;
                end += 2;
            } else if (sql.startsWith("*/", end)) {
                depth--;
                end += 2;
            } else {
                end++;
            }
            if (depth == 0) {
                return end;
            }
        }
        return sql.length();
    }

    private static int afterDollars(String sql, int at) {
        var partOfName = at > 0 && Character.isJavaIdentifierPart(sql.charAt(at - 1));
        var tag = at + 1;
        while (tag < sql.length() && sql.charAt(tag) != '$' && Character.isJavaIdentifierPart(sql.charAt(tag))) {
            tag++;
        }
        if (partOfName || tag == sql.length() || sql.charAt(tag) != '$' || Character.isDigit(sql.charAt(at + 1))) {
            return at + 1;
        }
        var quote = sql.substring(at, tag + 1);
        var end = sql.indexOf(quote, tag + 1);
        return end < 0 ? sql.length() : end + quote.length();
    }

    private static int endOr(String sql, int index) {
        return index < 0 ? sql.length() : index;
    }
}
