package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.coordinator.migration.Migration;
import java.util.List;
import java.util.Map;

/** Writes the triggers of the sync: one for inserts, which have no old row, and one for updates. */
public final class SyncTriggers {

    private static final String INSERT = """
            create trigger {name} before insert on {table} for each row
              when ({guard}) execute function {function}()""";

    private static final String UPDATE = """
            create trigger {name} before update on {table} for each row
              when ({guard}
                and (row({old})::record operator(pg_catalog.*<>) row({new})::record
                  or pg_catalog.num_nonnulls({new-to}) = 0)) execute function {function}()""";

    private final Migration migration;
    private final SyncNames names;

    public SyncTriggers(Migration migration, SyncTable table) {
        this.migration = migration;
        this.names = table.names(migration);
    }

    /** The statements that create them. */
    public List<String> create() {
        return List.of(insert(), update());
    }

    /** The statement of the trigger of inserts. */
    public String insert() {
        return SyncText.fill(INSERT, parts(names.insertTrigger().quoted()));
    }

    /** The statement of the trigger of updates. */
    public String update() {
        return SyncText.fill(UPDATE, parts(names.updateTrigger().quoted()));
    }

    private Map<String, String> parts(String name) {
        return Map.of(
                "name", name,
                "table", names.table().quoted(),
                "guard", names.guard(),
                "function", names.function().quoted(),
                "old", watched("old"),
                "new", watched("new"),
                "new-to", SyncText.fields("new", migration.to().keySet()));
    }

    private String watched(String row) {
        return SyncText.fields(row, migration.from()) + ", "
                + SyncText.fields(row, migration.to().keySet());
    }
}
