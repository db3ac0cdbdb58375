package dev.backfleet.standalone.stack;

/** A part of the local stack did not start or has ended; the message contains the end of its log. */
public final class StackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A failure without a cause. */
    public StackException(String message) {
        super(message);
    }
}
