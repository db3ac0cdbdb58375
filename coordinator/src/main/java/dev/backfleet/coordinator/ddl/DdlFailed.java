package dev.backfleet.coordinator.ddl;

import dev.backfleet.common.failure.ExplainedFailure;
import org.jspecify.annotations.Nullable;

/** A change of definitions that PostgreSQL rejects, and would reject again. */
public final class DdlFailed extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * A rejected change; nothing of it is left.
     *
     * @param code the SQLSTATE
     * @param what what is wrong, as a clause
     * @param remedy what to do, as a clause; null if only PostgreSQL's message is known
     */
    public DdlFailed(String code, String what, @Nullable String remedy, @Nullable Throwable cause) {
        super(Kind.CONFLICT, what, remedy, cause);
        this.code = code;
    }

    /** The SQLSTATE. */
    public String code() {
        return code;
    }
}
