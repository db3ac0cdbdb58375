package dev.backfleet.coordinator.operation;

import dev.backfleet.common.failure.ExplainedFailure;
import org.jspecify.annotations.Nullable;

/**
 * An operation is refused; the message says why, the remedy what to do. Nothing was stored, unless the code is {@link Code#STALE},
 * or the message says what was done before.
 */
public class OperationRefused extends ExplainedFailure {
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

    /** A refusal with its cause. */
    public OperationRefused(Code code, String what, @Nullable String remedy, @Nullable Throwable cause) {
        super(code.kind, what, remedy, cause);
        this.code = code;
    }

    /** Why it is refused, for programs. */
    public final Code code() {
        return code;
    }

    /** Why an operation is refused. */
    public enum Code {
        /** There is no such job or tenant. */
        NOT_FOUND(Kind.NOT_FOUND),
        /** An argument is wrong, whatever the state of the job. */
        INVALID(Kind.INVALID),
        /** The state forbids it permanently: the job has ended, or another one uses its name. */
        CONFLICT(Kind.CONFLICT),
        /** It was done before, and is not done twice unless that is asked for. */
        ALREADY_DONE(Kind.ALREADY_DONE),
        /** A gate refuses it: rows are wrong, it is not certain that none is, or something else must be so before. */
        GATE_CLOSED(Kind.GATE_CLOSED),
        /** It would put rows or the application at stake, and is not forced. */
        RISKY(Kind.RISKY),
        /** The present state forbids it. */
        NOT_NOW(Kind.CONFLICT),
        /** The state changed at the same moment: check it and try again. */
        STALE(Kind.CONFLICT);

        private final Kind kind;

        Code(Kind kind) {
            this.kind = kind;
        }
    }
}
