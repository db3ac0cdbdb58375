package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.coordinator.duty.Problems;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;

/** What fails for single jobs, kept as notes with them. */
public final class PostgresProblems implements Problems {

    // Connection, resources, the server's end, a server that takes no writes: none of these is a job's own problem.
    private static final Set<String> THE_SERVERS = Set.of("08", "53");
    private static final Set<String> THE_SERVERS_CODES = Set.of("25006", "57P01", "57P02", "57P03", "57P04", "57P05");

    private final Database database;

    /** Creates it. */
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
        // Not PostgreSQL's word, such as a stored definition that this version cannot read.
        return Optional.of(String.valueOf(failure.getMessage()));
    }

    private static Optional<String> why(SQLException refused) {
        var code = refused.getSQLState();
        if (code == null
                || code.length() < 2
                || THE_SERVERS.contains(code.substring(0, 2))
                || THE_SERVERS_CODES.contains(code)) {
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
