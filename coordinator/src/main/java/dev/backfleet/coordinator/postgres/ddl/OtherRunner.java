package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.failure.ExplainedFailure;
import java.sql.Connection;
import java.sql.SQLException;

/** Another session changes the table's definition at this moment. */
final class OtherRunner extends ExplainedFailure {
    private static final long serialVersionUID = 1L;
    private static final String OID = "select pg_catalog.to_regclass(?)::oid::bigint";

    private OtherRunner(String table, String session) {
        super(
                Kind.CONFLICT,
                "another session of 'backfleet migration' changes " + table + " at this moment (" + session + ")",
                "wait for its end, and run this one again; the server goes on with the build of an index after Ctrl-C");
    }

    /** With the session that does, as far as it is known. */
    static OtherRunner of(Connection connection, String table) throws SQLException {
        try (var query = connection.prepareStatement(OID)) {
            query.setString(1, table);
            try (var row = query.executeQuery()) {
                row.next();
                return new OtherRunner(table, LockingSession.words(connection, "backfleet.migration", row.getLong(1)));
            }
        }
    }
}
