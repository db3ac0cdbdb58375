package dev.backfleet.simulation;

/** The server did not answer: the outcome of the request is unknown. */
final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable() {
        super("no answer", null, false, false);
    }
}
