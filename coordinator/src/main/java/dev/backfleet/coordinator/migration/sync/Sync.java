package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.Map;

/** What keeps an old and a new shape the same while both are in use: a function, and the triggers that call it. */
public sealed interface Sync permits SyncFunction, CopySync {

    /** The statement that creates the function. */
    default String create() {
        return "create function " + definition();
    }

    /** The statement that gives the existing function this text. It locks no table. */
    default String replace() {
        return "create or replace function " + definition();
    }

    /** The function with its settings and its text, as it follows CREATE FUNCTION. */
    String definition();

    /** The text of the function, as {@code pg_proc.prosrc} has it. */
    String body();

    /** The triggers, in the order in which they are created. */
    List<SyncTrigger> triggers();

    /** The same, whose function also notes who writes the old shape; see {@link SyncObserver}. */
    Sync observing();

    /**
     * The same for a table whose old columns have other names by now. Expressions go on to use the names of the file.
     *
     * @param names the columns of the old shape that are stored under another name
     */
    Sync renamed(Map<Identifier, Identifier> names);
}
