package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import java.util.List;

/**
 * The names of what a sync consists of. They come from the name of its migration, or of its job, so that they are known before anything
 * is stored, and are the same wherever its file is applied.
 *
 * @param owner whose sync it is
 * @param name the name of the migration or the job
 * @param table its table, with its schema
 */
public record SyncNames(Owner owner, String name, TableName table) {

    /** Whose sync it is: a migration and a job of one name have different ones. */
    public enum Owner {
        /** Of a migration, which makes and removes it. */
        MIGRATION("backfleet_sync_"),
        /** Of a job that belongs to no migration: a person makes and removes it. */
        JOB("backfleet_copy_");

        private final String prefix;

        Owner(String prefix) {
            this.prefix = prefix;
        }
    }

    /** Those of a migration. */
    public SyncNames(String migration, TableName table) {
        this(Owner.MIGRATION, migration, table);
    }

    /** The function, in the table's schema: its owner may create it there, and the application depends on no other schema. */
    public TableName function() {
        return new TableName(table.schema(), Identifier.of(owner.prefix + name));
    }

    /** The table in which writers of the old shape are noted, and the function that does it. */
    public TableName observer() {
        return new TableName(table.schema(), Identifier.of("backfleet_writers_" + name));
    }

    /** The trigger of inserts. PostgreSQL fires triggers in the order of their names: this one is to be the last. */
    public Identifier insertTrigger() {
        return Identifier.of("zz_" + owner.prefix + name + "_i");
    }

    /** The trigger of updates. */
    public Identifier updateTrigger() {
        return Identifier.of("zz_" + owner.prefix + name + "_u");
    }

    /**
     * The trigger of deletes, if copies are kept. PostgreSQL checks a foreign key to the deleted row by a trigger too, whose name begins
     * with RI_: this one is to be before it.
     */
    public Identifier deleteTrigger() {
        return Identifier.of("A_" + owner.prefix + name + "_d");
    }

    /** All triggers that a sync may have. */
    public List<Identifier> triggers() {
        return List.of(deleteTrigger(), insertTrigger(), updateTrigger());
    }

    /** What the comments on all of them say. */
    public String comment() {
        return "Backfleet, migration " + name + ": keeps old and new columns the same; backfleet migration removes it";
    }

    /** The condition of both triggers: the transaction is not one of the migration's own. */
    String guard() {
        return "pg_catalog.current_setting('" + UpdateRows.SYNC + "', true) is distinct from " + literal(name);
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
