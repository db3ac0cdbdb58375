package dev.backfleet.simulation.fault;

/** A promise was broken. An error, so that no duty's own care for failures swallows it. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    public Violation(String what) {
        super(what);
    }
}
