package dev.backfleet.standalone.postgres.copy;

/** Something of a table could not be copied, without which nothing can be rehearsed; the message names it, and why. */
public final class CopyFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CopyFailure(String message) {
        super(message);
    }
}
