package dev.backfleet.common.spec.key;

/**
 * The definition of one key, which both the parser and the reference page use.
 *
 * @param path the key, with its group and a dot before it if it is in a group
 * @param type the type of its value
 * @param absence what it means to leave it out
 * @param sentence its meaning, in one sentence
 * @param example a value
 */
public record SpecKey<T>(String path, SpecType<T> type, Absence absence, String sentence, String example) {

    /** The key's group; empty if it has none. */
    public String group() {
        int dot = path.indexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** The key without its group. */
    public String leaf() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The example as it is written in a file. */
    public String written() {
        var pair = leaf() + ": " + example;
        return group().isEmpty() ? pair : group() + ": { " + pair + " }";
    }

    /**
     * What it means to leave a key out.
     *
     * @param kind whether the key may be left out
     * @param text the default as it would be written, or what applies instead
     */
    public record Absence(Kind kind, String text) {
        public static final Absence REFUSED = new Absence(Kind.REFUSED, "required");

        /** It has a default, as it would be written. */
        public static Absence standsFor(String value) {
            return new Absence(Kind.DEFAULT, value);
        }

        /** Leaving it out means something that no value says. */
        public static Absence means(String what) {
            return new Absence(Kind.MEANING, what);
        }
    }

    /** Whether a key may be left out. */
    public enum Kind {
        REFUSED,
        DEFAULT,
        MEANING
    }
}
