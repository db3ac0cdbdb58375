package dev.backfleet.common.sql;

/** The meaning of characters outside of quotes, for both PostgreSQL and pgjdbc. */
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

    /** Whether an unquoted name may start with it. */
    static boolean startsName(char c) {
        return isAsciiLetter(c) || c == '_' || isOtherLetter(c);
    }

    /** Whether it may be part of an unquoted name or a number. */
    static boolean continuesName(char c) {
        return startsName(c) || isDigit(c) || c == '$';
    }

    /** An operator's character, a colon or a dot. */
    static boolean isOperator(char c) {
        return OPERATORS.indexOf(c) >= 0 || c == ':' || c == '.';
    }

    /** Whether a new token begins after it, for both PostgreSQL and pgjdbc. Stricter than either. */
    static boolean endsToken(char c) {
        return isBlank(c) || c == '(' || c == '[' || c == ',' || OPERATORS.indexOf(c) >= 0;
    }

    /** Whether the name means the same without quotes. */
    static boolean isBareName(String name) {
        return startsName(name.charAt(0))
                && name.chars().allMatch(c -> continuesName((char) c))
                && name.equals(fold(name));
    }

    /** Folds to lower case as PostgreSQL does with UTF-8: ASCII letters only. */
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

    /** Whether there is no unpaired surrogate: such a text cannot be sent as UTF-8. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    // PostgreSQL allows every non-ASCII character in a name; pgjdbc only those that Java allows. Both allow letters.
    private static boolean isOtherLetter(char c) {
        return c >= 128 && Character.isLetter(c);
    }
}
