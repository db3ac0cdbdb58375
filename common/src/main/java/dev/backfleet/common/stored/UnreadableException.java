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

    /**
     * A value that only a later release can read, though its version is one that this release reads.
     *
     * @param message what is unknown, and what to do
     */
    public static UnreadableException ofLaterRelease(String message) {
        return new UnreadableException(message, true, null);
    }

    /** Whether a later release wrote the value; otherwise no release can read it. */
    public boolean newer() {
        return newer;
    }
}
