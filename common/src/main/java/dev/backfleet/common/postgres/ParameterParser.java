package dev.backfleet.common.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Finds the parameters of a statement, {@code :name} or {@code ?}, as PostgreSQL reads it: none in strings, names in quotes, dollar quotes
 * and comments, and none after a cast ({@code ::}). Jdbi's own parser loads a parser generator's runtime, a fifth of the time that a
 * command takes to start, and does not know dollar quotes.
 */
final class ParameterParser implements SqlParser {
    private static final int MOST_KEPT = 1_000;

    private final Map<String, ParsedSql> parsed = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ParsedSql> eldest) {
            return size() > MOST_KEPT;
        }
    };

    @Override
    public ParsedSql parse(String sql, StatementContext context) {
        synchronized (parsed) {
            return parsed.computeIfAbsent(sql, ParameterParser::parse);
        }
    }

    @Override
    public String nameParameter(String rawName, StatementContext context) {
        return ":" + rawName;
    }

    static ParsedSql parse(String sql) {
        var builder = ParsedSql.builder();
        var copied = 0;
        var at = 0;
        while (at < sql.length()) {
            var end = afterParameter(sql, at);
            if (sql.charAt(at) == '?') {
                builder.append(sql.substring(copied, at)).appendPositionalParameter();
                copied = ++at;
            } else if (end > at) {
                builder.append(sql.substring(copied, at)).appendNamedParameter(sql.substring(at + 1, end));
                copied = end;
                at = end;
            } else {
                at = after(sql, at);
            }
        }
        return builder.append(sql.substring(copied)).build();
    }

    // The end of a parameter that begins here; the same place if none does.
    private static int afterParameter(String sql, int at) {
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
