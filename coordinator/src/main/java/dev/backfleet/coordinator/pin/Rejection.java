package dev.backfleet.coordinator.pin;

import dev.backfleet.common.error.SqlStateCodes;
import org.jspecify.annotations.Nullable;

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
        OTHER;

        /** What an error with a SQLSTATE is about. */
        public static Kind of(@Nullable String code) {
            return switch (String.valueOf(code)) {
                case SqlStateCodes.NO_PERMISSION -> DENIED;
                case SqlStateCodes.NO_COLUMN -> UNKNOWN_COLUMN;
                case SqlStateCodes.SYNTAX_ERROR -> SYNTAX;
                default -> OTHER;
            };
        }
    }

    @Override
    public String toString() {
        return words;
    }
}
