package dev.backfleet.coordinator.postgres.ddl;

import java.sql.Connection;
import java.sql.SQLException;

/** What is stored in the transaction of a change of definitions. */
@FunctionalInterface
public interface DdlJournal {
    DdlJournal NONE = connection -> {};

    /** Stores that it was made, as the session's user. */
    void done(Connection connection) throws SQLException;
}
