package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.throttle.Sample;
import java.util.List;

/** Reads the signals of cutovers. */
@FunctionalInterface
public interface CutoverSignals {
    /**
     * Reads each signal of a file once. One that does not exist on the server gives no sample; one that cannot be read, a sample without a
     * value. It never throws because of a signal.
     *
     * @param job the backfill of the migration
     * @param flag the migration's name
     */
    List<Sample> read(long job, String flag, AbortRules rules);
}
