package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.cutover.FlagLog.StepOn;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The stored watches over cutovers. */
public interface WatchLog {
    /** The migrations that are READY, CUTTING, CUT or RENAMED. */
    List<Live> live();

    /** Stores what a look at a migration in this state has found, unless it has another state now. */
    void store(long migration, MigrationState state, CutoverWatch watch);

    /** Forgets the watch over a migration. */
    void forget(long migration);

    /** The rows of tenants that are not held back which the last reconcile of a job has found wrong; nothing: none has finished. */
    OptionalLong drift(long job, String flag);

    /** How many transactions of the database have ever been rolled back. */
    long rollbacks();

    /**
     * A migration that may be watched.
     *
     * @param step which step of its file is on; nothing: none
     * @param now by the database's clock, in the same snapshot
     * @param watch what the last look has found; nothing: there was none, or a later release has stored it
     */
    record Live(Stored migration, FlagState flag, Optional<StepOn> step, Instant now, Optional<CutoverWatch> watch) {}
}
