package dev.backfleet.common.stored;

import org.jspecify.annotations.Nullable;

/** A stored value cannot be read by this release. It concerns the job that it belongs to, and nothing else. */
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
