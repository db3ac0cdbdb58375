package dev.backfleet.standalone.stack;

/** Says that a part of the local stack did not start or has ended, and what its log says about it. */
public final class StackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A failure that has no other cause than what the message says. */
    public StackException(String message) {
        super(message);
    }
}
