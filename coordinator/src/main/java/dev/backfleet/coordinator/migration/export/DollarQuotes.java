package dev.backfleet.coordinator.migration.export;

/** Texts between dollars: nothing in them needs an escape. */
final class DollarQuotes {
    private DollarQuotes() {}

    /** The text between dollars, with a tag that is not in it. */
    static String of(String tag, String text) {
        var free = "$" + tag + "$";
        for (int i = 2; text.contains(free); i++) {
            free = "$" + tag + i + "$";
        }
        return free + "\n" + text + "\n" + free;
    }

    /** The text as a literal, with {@code standard_conforming_strings}. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
