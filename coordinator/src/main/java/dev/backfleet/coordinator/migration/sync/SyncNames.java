package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;

/**
 * The names of what the sync of a migration consists of. They come from the migration's name, so that they are known before anything is
 * stored, and are the same wherever its file is applied.
 *
 * @param migration the name of the migration
 * @param table its table, with its schema
 */
public record SyncNames(String migration, TableName table) {

    /** The function, in the table's schema: its owner may create it there, and the application depends on no other schema. */
    public TableName function() {
        return new TableName(table.schema(), Identifier.of("backfleet_sync_" + migration));
    }

    /** The table in which writers of the old shape are noted, and the function that does it. */
    public TableName observer() {
        return new TableName(table.schema(), Identifier.of("backfleet_writers_" + migration));
    }

    /** The trigger of inserts. PostgreSQL fires triggers in the order of their names: this one is to be the last. */
    public Identifier insertTrigger() {
        return Identifier.of("zz_backfleet_sync_" + migration + "_i");
    }

    /** The trigger of updates. */
    public Identifier updateTrigger() {
        return Identifier.of("zz_backfleet_sync_" + migration + "_u");
    }

    /** What the comments on all of them say. */
    public String comment() {
        return "Backfleet, migration " + migration
                + ": keeps old and new columns the same; backfleet migration removes it";
    }

    /** The condition of both triggers: the transaction is not one of the migration's own. */
    String guard() {
        return "pg_catalog.current_setting('" + UpdateRows.SYNC + "', true) is distinct from " + literal(migration);
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
