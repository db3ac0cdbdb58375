package dev.backfleet.simulation;

/** The process that was calling is no more: what it was about to do does not happen. */
final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
        super(null, null, false, false);
    }
}
