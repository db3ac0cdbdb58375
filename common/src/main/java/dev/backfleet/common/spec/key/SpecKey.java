package dev.backfleet.common.spec.key;

/**
 * The definition of one key: the parser and the reference are both made from it.
 *
 * @param path the key, after its group and a dot if it is in one
 * @param type what value it has
 * @param absence what it means to leave it out
 * @param sentence what it says, in one sentence
 * @param example a value
 */
public record SpecKey<T>(String path, SpecType<T> type, Absence absence, String sentence, String example) {

    /** The group that it is in; empty if it stands alone. */
    public String group() {
        int dot = path.indexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** The key without its group. */
    public String leaf() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The example as it stands in a file. */
    public String written() {
        var pair = leaf() + ": " + example;
        return group().isEmpty() ? pair : group() + ": { " + pair + " }";
    }

    /**
     * What it means to leave a key out.
     *
     * @param kind whether one may
     * @param text the default as it would be written, or what holds instead
     */
    public record Absence(Kind kind, String text) {
        static final Absence REFUSED = new Absence(Kind.REFUSED, "required");

        static Absence standsFor(String value) {
            return new Absence(Kind.DEFAULT, value);
        }

        static Absence means(String what) {
            return new Absence(Kind.MEANING, what);
        }
    }

    /** May a key be left out? */
    public enum Kind {
        /** No. */
        REFUSED,
        /** Yes, and the default is read in its place. */
        DEFAULT,
        /** Yes, and it has no value then. */
        MEANING
    }
}
