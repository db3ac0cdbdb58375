package dev.backfleet.common.sql;

/** Which characters mean what outside of quotes, to PostgreSQL and to pgjdbc alike. */
final class Characters {
    private static final String OPERATORS = "+-*/<>=~!@#%^&|`?";

    private Characters() {}

    /** Blank to every version of PostgreSQL and of pgjdbc. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Can an unquoted name start with it? */
    static boolean startsName(char c) {
        return isAsciiLetter(c) || c == '_' || isOtherLetter(c);
    }

    /** Can it stand in an unquoted name, or in a number? */
    static boolean continuesName(char c) {
        return startsName(c) || isDigit(c) || c == '$';
    }

    /** An operator's character, a colon or a dot. */
    static boolean isOperator(char c) {
        return OPERATORS.indexOf(c) >= 0 || c == ':' || c == '.';
    }

    /** Does a new token begin after it, for PostgreSQL and for pgjdbc? Stricter than either. */
    static boolean endsToken(char c) {
        return isBlank(c) || c == '(' || c == '[' || c == ',' || OPERATORS.indexOf(c) >= 0;
    }

    /** Would the name mean itself without quotes? */
    static boolean isBareName(String name) {
        return startsName(name.charAt(0))
                && name.chars().allMatch(c -> continuesName((char) c))
                && name.equals(fold(name));
    }

    /** As PostgreSQL folds in UTF-8: ASCII only. */
    static String fold(String name) {
        var folded = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c - 'A' + 'a'));
            }
        }
        return folded.toString();
    }

    /** No half of a surrogate pair stands alone: such a text cannot be sent as UTF-8. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    // PostgreSQL takes every character beyond ASCII into a name; pgjdbc only what Java would. The common part is
    // letters.
    private static boolean isOtherLetter(char c) {
        return c >= 128 && Character.isLetter(c);
    }
}
