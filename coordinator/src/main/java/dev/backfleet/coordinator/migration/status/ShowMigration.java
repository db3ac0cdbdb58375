package dev.backfleet.coordinator.migration.status;

import dev.backfleet.coordinator.migration.cutover.FlagLog;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;

/** The query for the status of migrations. */
public final class ShowMigration {
    private final Migrations migrations;
    private final FlagLog flags;
    private final Problems problems;

    /**
     * The query.
     *
     * @param flags the stored flags
     * @param problems what keeps a live migration from being what its state says
     */
    public ShowMigration(Migrations migrations, FlagLog flags, Problems problems) {
        this.migrations = migrations;
        this.flags = flags;
        this.problems = problems;
    }

    /**
     * One migration.
     *
     * @param idOrName its id or name; of several of the name, the newest
     * @throws OperationRefused NOT_FOUND
     */
    public MigrationStatus one(String idOrName) {
        var known = migrations
                .status(idOrName)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND,
                        "there is no migration " + idOrName,
                        "'backfleet migration status' lists those that were applied"));
        return known.with(
                known.state().isSynced() ? problems.of(known.name()).orElse(null) : null,
                flags.flag(known.name()).orElse(null));
    }

    /** All migrations, the newest first, without their steps. */
    public List<MigrationStatus> all() {
        return migrations.all();
    }

    /** What keeps a live migration from being what its state says. */
    @FunctionalInterface
    public interface Problems {
        /** As a clause; nothing if all is well. */
        Optional<String> of(String name);
    }

    /** The stored migrations. */
    public interface Migrations {
        /** One with its steps; nothing if there is none. */
        Optional<MigrationStatus> status(String idOrName);

        /** All, the newest first, without their steps. */
        List<MigrationStatus> all();
    }
}
