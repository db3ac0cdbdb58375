package dev.backfleet.coordinator.pin;

/**
 * Why PostgreSQL rejects an expression.
 *
 * @param kind what is wrong
 * @param words the message
 */
public record Rejection(Kind kind, String words) {

    /** What is wrong, as far as a person needs different advice. */
    public enum Kind {
        /** A privilege is missing. */
        DENIED,
        /** A name is no column of the row. */
        UNKNOWN_COLUMN,
        /** It is no expression. */
        SYNTAX,
        /** Anything else. */
        OTHER
    }

    @Override
    public String toString() {
        return words;
    }
}
