package dev.backfleet.simulation;

/** A promise was broken. An error, so that no duty's own care for failures swallows it. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }
}
