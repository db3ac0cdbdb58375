package dev.backfleet.simulation;

/** The server did not answer: nobody knows whether it did what was asked. */
final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable() {
        super("no answer", null, false, false);
    }
}
