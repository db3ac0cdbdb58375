package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.operation.Actor;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored flags. Each change is one transaction with the state of the migration and its audit. */
public interface FlagLog {

    /** The flag of a migration. */
    Optional<FlagState> flag(String name);

    /** Which step of the file is on, from 1, and for how long; nothing: none. */
    Optional<StepOn> step(long migration);

    /**
     * Changes the flag, and the migration's state.
     *
     * @throws dev.backfleet.coordinator.operation.OperationRefused STALE if the state is not {@code from}
     */
    FlagState change(long migration, MigrationState from, MigrationState to, Change change, Actor actor);

    /** Tenants with rows that the last reconcile of a job has found wrong, each with why; nothing: rows are not counted by tenant. */
    Optional<Map<String, String>> wrongTenants(long job);

    /** The instances of applications that have reported, with the version that each evaluates. */
    List<Reader> readers(String flag);

    /**
     * A change.
     *
     * @param on whether anybody reads the new shape
     * @param percent the share of tenants that does
     * @param tenants what holds for tenants by name from now on; others by name stay as they are, unless the flag is off
     * @param step which step of the file is on from now on; 0: none
     * @param reason why
     */
    record Change(boolean on, BigDecimal percent, Map<String, Named> tenants, int step, String reason) {
        public Change {
            tenants = Map.copyOf(tenants);
        }
    }

    /** What holds for a tenant by name, and why. */
    record Named(boolean value, String reason) {}

    /** A step that is on, and for how long. */
    record StepOn(int step, Duration since) {}

    /** An instance of an application, and how long ago it has reported. */
    record Reader(String instance, long version, Duration ago) {}
}
