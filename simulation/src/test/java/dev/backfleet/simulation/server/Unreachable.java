package dev.backfleet.simulation.server;

/** The server did not answer: the outcome of the request is unknown. */
public final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unreachable() {
        super("no answer", null, false, false);
    }
}
