package dev.backfleet.coordinator.migration.status;

import dev.backfleet.coordinator.migration.cutover.FlagLog;
import dev.backfleet.coordinator.migration.watch.ShowWatch;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;

/** The query for the status of migrations. */
public final class ShowMigration {
    private final Migrations migrations;
    private final FlagLog flags;
    private final ShowWatch watches;

    /**
     * The query.
     *
     * @param flags the stored flags
     * @param watches how cutovers are watched
     */
    public ShowMigration(Migrations migrations, FlagLog flags, ShowWatch watches) {
        this.migrations = migrations;
        this.flags = flags;
        this.watches = watches;
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
        var flag = flags.flag(known.name()).orElse(null);
        return known.with(
                flag,
                flag == null
                        ? null
                        : watches.of(known.id(), known.state(), flag).orElse(null));
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
