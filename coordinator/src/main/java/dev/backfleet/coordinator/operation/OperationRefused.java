package dev.backfleet.coordinator.operation;

import dev.backfleet.common.failure.ExplainedFailure;
import org.jspecify.annotations.Nullable;

/** What was asked for is not done, and nothing of it was stored; the message says why, the remedy what to do. */
public final class OperationRefused extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /**
     * A refusal.
     *
     * @param what why it is refused, as a clause
     * @param remedy what to do, as a clause; null if nothing can be done
     */
    public OperationRefused(Code code, String what, @Nullable String remedy) {
        this(code, what, remedy, null);
    }

    /** A refusal with what it was made of. */
    public OperationRefused(Code code, String what, @Nullable String remedy, @Nullable Throwable cause) {
        super(code.kind, what, remedy, cause);
        this.code = code;
    }

    /** Why it is refused, for programs. */
    public Code code() {
        return code;
    }

    /** Why an operation is refused. */
    public enum Code {
        /** There is no such job or tenant. */
        NOT_FOUND(Kind.NOT_FOUND),
        /** What was given cannot be right, whatever the state of things. */
        INVALID(Kind.INVALID),
        /** The state of things forbids it for good: the job is over, or another one has its name. */
        CONFLICT(Kind.CONFLICT),
        /** The state of things forbids it as it is now. */
        NOT_NOW(Kind.CONFLICT),
        /** The state of things changed at the same moment: look again. */
        STALE(Kind.CONFLICT);

        private final Kind kind;

        Code(Kind kind) {
            this.kind = kind;
        }
    }
}
