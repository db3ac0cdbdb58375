package dev.backfleet.common.unit;

/** Shows a user's text in a message: in quotes, on one line, shortened. */
public final class Shown {
    private static final int LONGEST = 60;

    private Shown() {}

    /** The text in double quotes, with control characters replaced and a long end cut off. */
    public static String text(String text) {
        var shown = new StringBuilder("\"");
        int end = text.length() <= LONGEST ? text.length() : text.offsetByCodePoints(0, prefix(text));
        text.substring(0, end).codePoints().map(Shown::visible).forEach(shown::appendCodePoint);
        return shown.append(end < text.length() ? "...\"" : "\"").toString();
    }

    private static int prefix(String text) {
        return Math.min(LONGEST, text.codePointCount(0, text.length()));
    }

    private static int visible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
            case Character.SURROGATE, Character.FORMAT -> '\uFFFD';
            default -> codePoint;
        };
    }
}
