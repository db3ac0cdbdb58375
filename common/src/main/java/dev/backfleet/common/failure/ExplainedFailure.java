package dev.backfleet.common.failure;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure, not a bug. The message is one line that says what is wrong and what to do about it. The kind
 * tells programs the same; the command line has an exit code for each kind.
 */
public class ExplainedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String what;
    private final @Nullable String remedy;

    /**
     * A failure with a remedy.
     *
     * @param what what is wrong, as a clause; if it ends with a semicolon, that separates it from the remedy, otherwise
     *     a colon does
     * @param remedy what to do, as a clause; null if nothing can be done
     * @param cause the original exception; null if there is none
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

    public final Kind kind() {
        return kind;
    }

    public final String what() {
        return what;
    }

    /** What to do about it; null if nothing can be done. */
    public final @Nullable String remedy() {
        return remedy;
    }

    // A line has one colon: if {@code what} has one already, the remedy follows after a semicolon.
    private static String message(String what, @Nullable String remedy) {
        if (remedy == null) {
            return what;
        }
        return what + (what.endsWith(";") ? " " : what.contains(": ") ? "; " : ": ") + remedy;
    }

    /** The kinds of failures that programs distinguish. */
    public enum Kind {
        /** The input is wrong; nothing was stored. */
        INVALID,
        /** The named object does not exist. */
        NOT_FOUND,
        CONFLICT,
        /** It was done before. */
        ALREADY_DONE,
        /** It would put rows or the application at stake; nothing was stored. */
        RISKY,
        UNUSABLE,
        OTHER_VERSION,
        /** The time limit passed; the expected event may still happen. */
        TIMED_OUT,
        /** A gate refuses it: what must be so before is not. */
        GATE_CLOSED,
        /** A lock was not obtained within the time to give up. */
        LOCKED
    }
}
