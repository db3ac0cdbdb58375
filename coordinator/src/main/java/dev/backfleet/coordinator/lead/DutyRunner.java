package dev.backfleet.coordinator.lead;

/** Runs a duty once, and decides what becomes of its failure. */
@FunctionalInterface
public interface DutyRunner {

    /**
     * Runs a duty.
     *
     * @param duty its name
     */
    void run(String duty, Runnable work);
}
