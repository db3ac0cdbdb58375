package dev.backfleet.common.sql;

import java.util.regex.Pattern;

/**
 * Decides a second time, by other means than {@link ExpressionScan}, whether a text in parentheses is one balanced
 * expression to PostgreSQL. Knows no messages and no pgjdbc.
 */
final class ExpressionOracle {
    private static final String PLAIN = "'(?:[^']|'')*+'";
    private static final String ESCAPED = "(?<![A-Za-z0-9_$\\x80-\\uFFFF])[eE]'(?:[^'\\\\]|''|\\\\[\\s\\S])*+'"
            + "(?:[ \\t\\f]*+(?:--[^\\n\\r]*+)?+[\\n\\r](?:[ \\t\\f\\n\\r]|--[^\\n\\r]*+[\\n\\r])*+"
            + "'(?:[^'\\\\]|''|\\\\[\\s\\S])*+')*+";
    private static final String NAME = "\"[^\"]*+\"|[A-Za-z_\\x80-\\uFFFF][A-Za-z0-9_$\\x80-\\uFFFF]*+";
    private static final String DOLLAR = "\\$([A-Za-z_]\\w*+)?+\\$[\\s\\S]*?\\$\\1\\$|\\$\\$[\\s\\S]*?\\$\\$";
    private static final Pattern OPAQUE =
            Pattern.compile(ESCAPED + "|" + PLAIN + "|" + NAME + "|" + DOLLAR + "|--[^\\n\\r]*+");

    private ExpressionOracle() {}

    /** Is all of the text one pair of parentheses, with something in it, that nothing can leave? */
    static boolean isOneParenthesizedExpression(String wrapped) {
        int depth = 0;
        boolean content = false;
        int at = 0;
        while (at < wrapped.length()) {
            if (depth == 0 && at > 0) {
                return false;
            }
            var opaque = OPAQUE.matcher(wrapped).region(at, wrapped.length()).useTransparentBounds(true);
            if (wrapped.startsWith("/*", at)) {
                at = afterComment(wrapped, at);
            } else if (opaque.lookingAt()) {
                content |= !wrapped.startsWith("--", at);
                at = opaque.end();
            } else {
                char c = wrapped.charAt(at++);
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                content |= depth > 1 || "() \t\n\r\f".indexOf(c) < 0;
                if (";'\"$\0".indexOf(c) >= 0 || depth < 0) {
                    return false;
                }
            }
            if (at < 0) {
                return false;
            }
        }
        return depth == 0 && content;
    }

    private static int afterComment(String text, int start) {
        int inner = start + 2;
        while (true) {
            int close = text.indexOf("*/", inner);
            int open = text.indexOf("/*", inner);
            if (close < 0) {
                return -1;
            }
            if (open < 0 || close < open) {
                return close + 2;
            }
            inner = afterComment(text, open);
            if (inner < 0) {
                return -1;
            }
        }
    }
}
