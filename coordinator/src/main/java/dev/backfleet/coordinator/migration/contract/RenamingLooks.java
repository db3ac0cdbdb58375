package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the watch over a renaming reads and stores. */
public interface RenamingLooks {

    /** Looks once: at the state of a migration, and at each signal. */
    Found look(Stored migration, AbortRules rules);

    /** What the last look since the renaming has found; nothing: nobody has looked since. */
    Optional<CutoverWatch> last(long migration);

    /** Stores what a look has found, for the status and for whoever goes on; nothing is stored if the migration is not RENAMED any more. */
    void store(long migration, CutoverWatch watch);

    /** Why the database could not be asked, as a clause; nothing: the failure has another cause, and does not pass by itself. */
    Optional<String> unreachable(RuntimeException failure);

    /**
     * What a look has found.
     *
     * @param now by the database's clock
     * @param samples a signal without one does not exist on this server
     */
    record Found(Instant now, MigrationState state, List<Sample> samples) {
        public Found {
            samples = List.copyOf(samples);
        }
    }
}
