package dev.backfleet.common.failure;

import org.jspecify.annotations.Nullable;

/**
 * Something cannot be done, and it is no bug: the message is one line that says what is wrong and what to do about it. Its
 * kind says to programs what a person reads; the command line ends with an exit code for each.
 */
public class ExplainedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String what;
    private final @Nullable String remedy;

    /**
     * A failure with what to do about it.
     *
     * @param what what is wrong, as a clause; with a semicolon at its end, the line has that before the remedy, else a colon
     * @param remedy what to do, as a clause; null if nothing can be done
     * @param cause what it was made of; null if there is no more to it
     */
    public ExplainedFailure(Kind kind, String what, @Nullable String remedy, @Nullable Throwable cause) {
        super(message(what, remedy), cause);
        this.kind = kind;
        this.what = what.replaceFirst(";$", "");
        this.remedy = remedy;
    }

    /** Without a cause worth a stack trace. */
    public ExplainedFailure(Kind kind, String what, @Nullable String remedy) {
        this(kind, what, remedy, null);
    }

    /** What kind of failure it is. */
    public final Kind kind() {
        return kind;
    }

    /** What is wrong. */
    public final String what() {
        return what;
    }

    /** What to do about it; null if nothing can be done. */
    public final @Nullable String remedy() {
        return remedy;
    }

    // One colon to a line: what has one already goes on after a semicolon.
    private static String message(String what, @Nullable String remedy) {
        if (remedy == null) {
            return what;
        }
        return what + (what.endsWith(";") ? " " : what.contains(": ") ? "; " : ": ") + remedy;
    }

    /** What programs tell apart. */
    public enum Kind {
        /** Something that a person wrote is wrong; nothing was stored. */
        INVALID,
        /** What was named does not exist. */
        NOT_FOUND,
        /** The state of things forbids it. */
        CONFLICT,
        /** The database or Kafka cannot be used. */
        UNUSABLE,
        /** Two releases of Backfleet meet that do not go together. */
        OTHER_VERSION,
        /** It took too long; it may still happen. */
        TIMED_OUT
    }
}
