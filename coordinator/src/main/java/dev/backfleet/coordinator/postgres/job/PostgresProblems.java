package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.coordinator.duty.Problems;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;

/** Stores the failures of single jobs as notes of the job. */
public final class PostgresProblems implements Problems {

    // Connection, resources, shutdown, a read-only server: these concern all jobs.
    private static final Set<String> SERVER_STATES = Set.of(
            SqlStateCodes.READ_ONLY,
            SqlStateCodes.ADMIN_SHUTDOWN,
            SqlStateCodes.CRASH_SHUTDOWN,
            SqlStateCodes.CANNOT_CONNECT_NOW,
            SqlStateCodes.DATABASE_DROPPED,
            SqlStateCodes.IDLE_SESSION);

    private final Database database;

    public PostgresProblems(Database database) {
        this.database = database;
    }

    @Override
    public Optional<String> why(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException) {
                return Optional.empty();
            }
            if (cause instanceof SQLException refused) {
                return why(refused);
            }
        }
        // Not from PostgreSQL, such as a stored definition that this version cannot read.
        return Optional.of(String.valueOf(failure.getMessage()));
    }

    private static Optional<String> why(SQLException refused) {
        var code = refused.getSQLState();
        if (code == null
                || code.length() < 2
                || SqlStateCodes.isConnection(code)
                || SqlStateCodes.isResources(code)
                || SERVER_STATES.contains(code)) {
            return Optional.empty();
        }
        return Optional.of(code + ": " + SafeErrorMessage.words(ServerErrors.ofRows(refused), null));
    }

    @Override
    public void tell(long job, String what, String why) {
        database.jdbi().useHandle(handle -> new NoteStore(handle)
                .tell(job, what, what + " fails, and is tried again: " + why));
    }

    @Override
    public void over(long job, String what) {
        database.jdbi().useHandle(handle -> new NoteStore(handle).forget(job, what));
    }
}
