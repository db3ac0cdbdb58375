package dev.backfleet.simulation.time;

/** The process that was calling is no more: what it was about to do does not happen. */
public final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    public Killed() {
        super(null, null, false, false);
    }
}
