package dev.backfleet.common.postgres;

import dev.backfleet.common.error.ErrorOrigin;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.error.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Converts the driver's exceptions into {@link ServerError}s. */
public final class ServerErrors {
    private ServerErrors() {}

    /** An error of a statement that evaluates no expression of the user: only SQLSTATE and message matter. */
    public static ServerError ofControl(SQLException e) {
        var server = message(e);
        return server == null
                ? ServerError.of(code(e), String.valueOf(e.getMessage()))
                : ServerError.of(code(e), text(server)).named(names(server));
    }

    /** An error of a statement that changes rows: functions and triggers of the user may have raised it. */
    public static ServerError ofRows(SQLException e) {
        var server = message(e);
        return server == null
                ? ofControl(e)
                : ServerError.reported(
                        code(e), server.getRoutine(), server.getFile(), text(server), server.getWhere(), names(server));
    }

    /**
     * An error of a statement that changes rows. If the server cannot even plan the statement, no row caused the error.
     * The code alone does not show that, since expressions can look up names at run time too. So this method lets the
     * server plan the statement without running it.
     *
     * @param planning plans the same statement
     */
    public static ServerError ofRows(SQLException e, Planning planning) {
        var error = ofRows(e);
        if (!SqlStates.mayBePlanning(error)) {
            return error;
        }
        try {
            planning.run();
            return error;
        } catch (SQLException again) {
            var found = ofRows(again);
            return found.origin() == ErrorOrigin.EXECUTION ? found.from(ErrorOrigin.PLANNING) : found;
        }
    }

    /** The session's role; null if unknown. */
    public static @Nullable String role(Connection connection) {
        try {
            return connection.getMetaData().getUserName();
        } catch (SQLException e) {
            return null;
        }
    }

    private static @Nullable ServerErrorMessage message(SQLException e) {
        return e instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
    }

    // No connection in time, or an error of the driver itself: what the server did is unknown.
    private static String code(SQLException e) {
        var state = e.getSQLState();
        return state == null || state.isBlank() ? SqlStateCodes.CONNECTION_FAILURE : state;
    }

    private static String text(ServerErrorMessage server) {
        return String.valueOf(server.getMessage());
    }

    private static ServerError.Names names(ServerErrorMessage server) {
        return new ServerError.Names(server.getSchema(), server.getTable(), server.getColumn(), server.getConstraint());
    }

    /** Plans a statement without running it. */
    @FunctionalInterface
    public interface Planning {
        void run() throws SQLException;
    }
}
