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

    /**
     * The query.
     *
     * @param flags the stored flags
     */
    public ShowMigration(Migrations migrations, FlagLog flags) {
        this.migrations = migrations;
        this.flags = flags;
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
        return known.with(flags.flag(known.name()).orElse(null));
    }

    /** All migrations, the newest first, without their steps. */
    public List<MigrationStatus> all() {
        return migrations.all();
    }

    /** The stored migrations. */
    public interface Migrations {
        /** One with its steps; nothing if there is none. */
        Optional<MigrationStatus> status(String idOrName);

        /** All, the newest first, without their steps. */
        List<MigrationStatus> all();
    }
}
