package dev.backfleet.coordinator.postgres.migration.trial;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/** Tries something in a savepoint of an open transaction. */
final class Savepoint {
    private Savepoint() {}

    /**
     * Tries it; what it has done stays if PostgreSQL accepts it.
     *
     * @return PostgreSQL's message if it rejects it, with its hint
     * @throws SQLException if it was not the server that failed
     */
    static Optional<String> rejection(Statement statement, Attempt attempt) throws SQLException {
        statement.execute("savepoint backfleet_attempt");
        try {
            attempt.run();
            return Optional.empty();
        } catch (PSQLException e) {
            var message = e.getServerErrorMessage();
            if (message == null) {
                throw e;
            }
            statement.execute("rollback to savepoint backfleet_attempt");
            return Optional.of(
                    message.getMessage() + (message.getHint() == null ? "" : " (" + message.getHint() + ")"));
        }
    }

    /** What is tried. */
    interface Attempt {
        void run() throws SQLException;
    }
}
