package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.plan.ExpandedCatalog;
import dev.backfleet.coordinator.migration.plan.MigrationLook;
import dev.backfleet.coordinator.migration.step.StepRefusal;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.sync.CopiedTable;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.ConnectionException;

/**
 * Finds out what the sync of a migration to another table is: the spec of its job is compared with both tables, and the triggers are created
 * on an empty temporary table, in a transaction that is rolled back.
 */
public final class CopySyncTrial {
    private final Database database;
    private final Catalog catalog;
    private final MigrationLook look;

    public CopySyncTrial(Database database, Catalog catalog, MigrationLook look) {
        this.database = database;
        this.catalog = catalog;
        this.look = look;
    }

    /** The table with its sync, or with what keeps this from being written; as it is, if there is no other table yet. */
    public TableShape tried(Migration migration, TableShape table) {
        if (table.into().isEmpty()
                || !migration.from().stream()
                        .allMatch(name -> table.column(name).isPresent())) {
            return table;
        }
        var rejections = new ArrayList<StepRefusal>();
        return table.with(table.made().with(tried(migration, table, rejections), rejections));
    }

    private TableShape.SyncShape tried(Migration migration, TableShape table, List<StepRefusal> rejections) {
        try {
            var seen = new ExpandedCatalog(catalog, look, migration, table);
            var pinned = SpecPinner.pin(seen, migration.backfill(), migration.name());
            CopiedTable.selectedBy(pinned)
                    .ifPresent(what -> rejections.add(new StepRefusal(
                            "backfill." + SpecKeys.WHERE.path(),
                            "selects rows by " + what + ", and the sync copies every row",
                            "write it over the columns of write-back alone, or leave it out")));
            var copied = CopiedTable.of(pinned, migration.from(), SessionSettings.ofExpressions());
            rejections.addAll(new CopyRights(database).missing(copied));
            return inTrial(migration, table, copied, rejections);
        } catch (SpecException e) {
            var problem = e.problem();
            rejections.add(new StepRefusal(problem.key(), problem.what(), problem.remedy()));
            return TableShape.SyncShape.NONE;
        }
    }

    private TableShape.SyncShape inTrial(
            Migration migration, TableShape table, CopiedTable copied, List<StepRefusal> rejections) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read write");
            try {
                migration.ddl().role().ifPresent(role -> handle.execute("set local role " + role.escaped()));
                ExpandedClone.of(handle.getConnection(), migration, table);
                return new SyncTrial(handle.getConnection(), table.name()).copies(migration, copied, rejections);
            } catch (SQLException e) {
                throw new ConnectionException(e);
            } finally {
                handle.execute("rollback");
            }
        });
    }
}
