package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.worker.execute.RefusedException;
import dev.backfleet.worker.shard.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Turns the driver's exceptions into what a run can decide on. */
final class FailureMapping {

    private FailureMapping() {}

    /**
     * Sends a statement that evaluates nothing of the user's: its error is never a row's.
     *
     * @throws RefusedException if the database refused or could not be reached
     */
    static <T> T translating(Work<T> work) {
        try {
            return work.run();
        } catch (RefusedException e) {
            throw e;
        } catch (SQLException e) {
            throw refused(ServerErrors.ofControl(e), null, e);
        } catch (RuntimeException e) {
            throw refused(ServerErrors.ofControl(sqlException(e)), null, e);
        }
    }

    /**
     * Sends a statement that changes rows: expressions, triggers and functions of the user's are evaluated for each.
     *
     * @param connection the session, to ask it who it is
     * @param work sends it
     * @param planning asks the server to plan the same statement without running it
     * @throws RefusedException if the database refused or could not be reached
     */
    static <T> T translatingRows(Connection connection, Work<T> work, ServerErrors.Planning planning) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw refused(ServerErrors.ofRows(e, planning), ServerErrors.role(connection), e);
        }
    }

    private static RefusedException refused(ServerError error, @Nullable String role, Throwable cause) {
        return new RefusedException(Failure.of(error, SafeErrorMessage.words(error, role)), cause);
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
