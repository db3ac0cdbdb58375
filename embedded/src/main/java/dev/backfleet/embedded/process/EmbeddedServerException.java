package dev.backfleet.embedded.process;

/** An embedded server could not be started, stopped or used; the message contains the end of its log. */
public final class EmbeddedServerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A failure without a cause. */
    public EmbeddedServerException(String message) {
        super(message);
    }

    /** A failure with its cause. */
    public EmbeddedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
