package dev.backfleet.worker.shard;

import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.error.SqlStates;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the database means for the shard.
 *
 * @param kind what follows from it
 * @param code the SQLSTATE; {@code 08006} if the connection broke without one
 * @param message the database's message without detail, context or row
 * @param standby the standby on which rows were read, if that is where it failed; null: the database
 */
public record Failure(
        ErrorKind kind,
        String code,
        String message,
        @Nullable String standby) {

    /** A failure of the database. */
    public Failure(ErrorKind kind, String code, String message) {
        this(kind, code, message, null);
    }

    /**
     * What an error means.
     *
     * @param error the error
     * @param words a message that is safe to show
     */
    public static Failure of(ServerError error, String words) {
        return new Failure(SqlStates.kind(error), error.code(), words);
    }

    /**
     * The table no longer matches the definition that the job is pinned to, though the database has rejected no statement.
     *
     * @param differences what is different, in words
     */
    public static Failure pinsChanged(String differences) {
        return new Failure(ErrorKind.SCHEMA_CHANGED, SqlStateCodes.INVALID_DEFINITION, differences);
    }

    /**
     * Whether the database is unreachable or takes no writes: the same statement may succeed as soon as it is available.
     */
    public boolean isOfUnavailableDatabase() {
        return kind == ErrorKind.CONNECTION_LOST || SqlStateCodes.isConnection(code) || isReadOnly();
    }

    /**
     * The same as a failure of a standby. It says nothing of the database: a lost connection, a user that is rejected, a permission
     * that is missing and a full disk are transient, since the standby is only read, and the shard can wait for it.
     *
     * @param place host, port and database of the standby
     */
    public Failure ofStandby(String place) {
        return new Failure(kindOnStandby(), code, message, place);
    }

    private ErrorKind kindOnStandby() {
        return switch (kind) {
            case CONNECTION_LOST -> ErrorKind.TRANSIENT;
            // An expression that writes can never be evaluated there.
            case ENVIRONMENT -> isReadOnly() ? ErrorKind.UNKNOWN : ErrorKind.TRANSIENT;
            case UNKNOWN -> SqlStateCodes.isAboutAccess(code) ? ErrorKind.TRANSIENT : ErrorKind.UNKNOWN;
            case TRANSIENT, TIMED_OUT, REFUSED_ROW, SCHEMA_CHANGED -> kind;
        };
    }

    /** Whether a standby cannot be read at all until something there is changed: another try at once is of no use. */
    boolean waitsForStandby() {
        return standby != null && kind == ErrorKind.TRANSIENT && SqlStateCodes.isAboutAccess(code);
    }

    /** Whether the server takes no writes: it is a standby, or was set to read-only. */
    public boolean isReadOnly() {
        return kind == ErrorKind.ENVIRONMENT && code.equals(EnvironmentFailure.READ_ONLY.code());
    }

    /** Whether the same row may well succeed with another try, so that one error is not enough to quarantine it. */
    boolean isAmbiguous() {
        return SqlStates.isAmbiguous(code);
    }
}
