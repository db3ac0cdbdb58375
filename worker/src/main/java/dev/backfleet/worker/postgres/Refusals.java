package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.RefusedRow;
import dev.backfleet.worker.execute.Failure;
import dev.backfleet.worker.execute.ShardStore.RefusedException;
import java.sql.SQLException;

/** Turns the driver's exceptions into what a run can decide on. */
final class Refusals {
    private static final String CONNECTION_FAILURE = "08006";

    private Refusals() {}

    /**
     * Does the work.
     *
     * @throws RefusedException if the database refused or could not be reached
     */
    static <T> T translating(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw new RefusedException(failure(e), e);
        } catch (RuntimeException e) {
            throw new RefusedException(failure(sqlException(e)), e);
        }
    }

    private static Failure failure(SQLException e) {
        var state = e.getSQLState();
        // No connection in time, or the driver's own trouble: nobody knows what the server did.
        var code = state == null || state.isBlank() ? CONNECTION_FAILURE : state;
        return Failure.of(code, RefusedRow.words(e));
    }

    private static SQLException sqlException(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        throw e; // a bug of ours, not the database's answer
    }

    /** What is asked of the database. */
    interface Work<T> {
        T run() throws SQLException;
    }
}
