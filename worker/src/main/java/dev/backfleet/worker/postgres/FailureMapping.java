package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.error.SqlStates;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.postgres.TriggerLookup;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.Failure;
import java.sql.Connection;
import java.sql.SQLException;

/** Turns the driver's exceptions into failures that {@link dev.backfleet.worker.shard.ShardStateMachine} can decide on. */
final class FailureMapping {

    private FailureMapping() {}

    /**
     * Sends a statement that evaluates no expression, trigger or function of the user's: its error is never caused by a row.
     *
     * @throws StatementFailedException if the database rejected the statement, or is unreachable
     */
    static <T> T translating(Sending<T> work) {
        try {
            return work.run();
        } catch (StatementFailedException e) {
            throw e;
        } catch (SQLException e) {
            throw refused(ServerErrors.ofControl(e), e);
        } catch (RuntimeException e) {
            throw refused(ServerErrors.ofControl(sqlException(e)), e);
        }
    }

    /**
     * Sends a statement that changes rows: it evaluates expressions, triggers and functions of the user's for each.
     *
     * @param connection the session, for the names of its role and of the trigger that failed
     * @param relation the OID of the table whose rows are changed
     * @param work sends it
     * @param planning has the server plan the same statement without running it
     * @throws StatementFailedException if the database rejected the statement, or is unreachable
     */
    static <T> T translatingRows(
            Connection connection, long relation, Sending<T> work, ServerErrors.Planning planning) {
        try {
            return work.run();
        } catch (SQLException e) {
            var error = TriggerLookup.located(connection, ServerErrors.ofRows(e, planning), relation);
            var words = SafeErrorMessage.words(error, ServerErrors.role(connection));
            throw new StatementFailedException(Failure.of(error, words + grants(connection, error, relation)), e);
        }
    }

    // What a function lacks is said by the message itself.
    private static String grants(Connection connection, ServerError error, long relation) {
        return error.code().equals(SqlStateCodes.NO_PERMISSION)
                        && error.place().function() == null
                        && SqlStates.kind(error) == ErrorKind.ENVIRONMENT
                ? MissingGrants.on(connection, relation)
                        .map(grants -> ": " + grants)
                        .orElse("")
                : "";
    }

    private static StatementFailedException refused(ServerError error, Throwable cause) {
        return new StatementFailedException(Failure.of(error, SafeErrorMessage.words(error, null)), cause);
    }

    // The innermost: a pool that gets no connection in time says so, with what the server has answered as the cause.
    private static SQLException sqlException(RuntimeException e) {
        SQLException found = null;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException inner) {
                found = inner;
            }
        }
        if (found == null) {
            throw e; // a bug of ours, not the database's answer
        }
        return found;
    }

    /** Sends a statement. */
    interface Sending<T> {
        T run() throws SQLException;
    }
}
