package dev.backfleet.embedded.process;

/** Says that an embedded server could not be started, stopped or used, and what its log says about it. */
public final class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A failure that has no other cause than what the message says. */
    public EmbeddedServerException(String message) {
        super(message);
    }

    /** A failure with its cause. */
    public EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
