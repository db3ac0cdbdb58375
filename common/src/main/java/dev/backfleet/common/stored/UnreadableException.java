package dev.backfleet.common.stored;

import org.jspecify.annotations.Nullable;

/** This release cannot read a stored value. Only the job that the value belongs to is affected. */
public final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean newer;

    UnreadableException(String message, boolean newer, @Nullable Throwable cause) {
        super(message, cause);
        this.newer = newer;
    }

    /** Whether a later release wrote the value; otherwise no release can read it. */
    public boolean newer() {
        return newer;
    }
}
