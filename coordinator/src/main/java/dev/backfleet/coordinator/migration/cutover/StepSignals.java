package dev.backfleet.coordinator.migration.cutover;

import java.util.List;

/** What the watch over a cutover knows of its signals, for whoever is about to take a step. */
@FunctionalInterface
public interface StepSignals {
    /** By the last look; reads no signal itself. */
    Found now(long migration);

    /**
     * What was found.
     *
     * @param hard those that are at their hard threshold, each in words
     * @param unknown why others cannot be judged, each as a clause
     */
    record Found(List<String> hard, List<String> unknown) {
        /** No signal is watched, or all are known and none is at its hard threshold. */
        public static final Found NOTHING = new Found(List.of(), List.of());

        public Found {
            hard = List.copyOf(hard);
            unknown = List.copyOf(unknown);
        }
    }
}
