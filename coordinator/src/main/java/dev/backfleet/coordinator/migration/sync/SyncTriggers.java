package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.sync.SyncTrigger.Event;
import java.util.List;
import java.util.Map;

/** Writes the triggers of the sync: one for inserts, which have no old row, and one for updates. */
final class SyncTriggers {

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

    SyncTriggers(Migration migration, SyncTable table) {
        this.migration = migration;
        this.names = table.names(migration);
    }

    /** Both. */
    List<SyncTrigger> all() {
        return List.of(
                SyncTrigger.before(Event.INSERT, names.insertTrigger(), filled(INSERT, names.insertTrigger())),
                SyncTrigger.before(Event.UPDATE, names.updateTrigger(), filled(UPDATE, names.updateTrigger())));
    }

    private String filled(String template, Identifier name) {
        return SyncText.fill(template, parts(name.quoted()));
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
