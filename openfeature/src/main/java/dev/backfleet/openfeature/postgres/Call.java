package dev.backfleet.openfeature.postgres;

import dev.backfleet.openfeature.FlagSourceException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A call on one of the application's connections, which is given back as it was. */
final class Call {
    /** The most that a statement may take. */
    static final int SECONDS = 2;

    // A server that is gone without a word is noticed by this, not by the statement's timeout.
    private static final int NETWORK_MILLIS = 5_000;

    private Call() {}

    static <T> T on(DataSource database, Body<T> body) throws FlagSourceException {
        try (var connection = database.getConnection()) {
            var before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, NETWORK_MILLIS);
            var result = body.run(connection);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            connection.setNetworkTimeout(Runnable::run, before);
            return result;
        } catch (SQLException e) {
            throw new FlagSourceException(message(e), e);
        }
    }

    // This module is compiled for Java 11, which has no switch expressions.
    @SuppressWarnings("StatementSwitchToExpressionSwitch")
    private static String message(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        switch (state) {
            case "42501":
                return "this role may not call a function of the schema backfleet: deploy/postgres/flag-grants.sql has the grants ("
                        + e.getMessage() + ")";
            case "3F000":
            case "42883":
                return "the database has no flags of Backfleet yet: a coordinator of this release creates them ("
                        + e.getMessage() + ")";
            default:
                return "SQLSTATE " + state + ": " + e.getMessage();
        }
    }

    /** What is done with the connection. */
    interface Body<T> {
        T run(Connection connection) throws SQLException;
    }
}
