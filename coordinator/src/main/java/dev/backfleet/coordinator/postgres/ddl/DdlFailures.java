package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.coordinator.ddl.DdlFailed;
import dev.backfleet.coordinator.ddl.DdlSession.TransientFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** What an error of a change of definitions means: whether it may pass, and what a person can do. */
final class DdlFailures {
    private DdlFailures() {}

    /**
     * The failure that the runner understands.
     *
     * @param limit the time limit of the statements, if they had one
     */
    static RuntimeException of(SQLException e, Optional<Duration> limit) {
        var error = ServerErrors.ofControl(e);
        var code = error.code();
        var words = SafeErrorMessage.words(error, null);
        if (code.equals(SqlStateCodes.CANCELLED) && limit.isPresent()) {
            return new DdlFailed(
                    code,
                    "its statements together ran for longer than hold ("
                            + limit.get().toMillis()
                            + " ms) while it kept the application out, and was cancelled: nothing was changed",
                    "it reads or rewrites the table, or takes further locks: use a form that does not, or raise ddl: { hold: … }",
                    e);
        }
        if (mayPass(code)) {
            return new TransientFailure(words + " (" + code + ")", e);
        }
        if (code.equals(SqlStateCodes.NO_PERMISSION)) {
            return new DdlFailed(
                    code,
                    "PostgreSQL denies it: " + words,
                    "run it as a role that owns the table, or name one that this user is a member of: ddl: { role: … }",
                    e);
        }
        if (code.equals(SqlStateCodes.READ_ONLY)) {
            return new ExplainedFailure(Kind.UNUSABLE, "the server accepts no writes: " + words, null, e);
        }
        return new DdlFailed(code, "PostgreSQL rejects it: " + words + " (" + code + ")", null, e);
    }

    private static boolean mayPass(String code) {
        return SqlStateCodes.isConnection(code)
                || code.equals(SqlStateCodes.TOO_MANY_CONNECTIONS)
                || code.equals(SqlStateCodes.DEADLOCK)
                || code.equals(SqlStateCodes.SERIALIZATION_FAILURE)
                || code.equals(SqlStateCodes.LOCK_NOT_AVAILABLE)
                || code.equals(SqlStateCodes.CANCELLED)
                || code.equals(SqlStateCodes.ADMIN_SHUTDOWN)
                || code.equals(SqlStateCodes.CRASH_SHUTDOWN)
                || code.equals(SqlStateCodes.CANNOT_CONNECT_NOW)
                || code.equals(SqlStateCodes.IDLE_SESSION);
    }
}
