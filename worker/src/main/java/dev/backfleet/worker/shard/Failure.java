package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.error.SqlStates;
import dev.backfleet.common.job.EnvironmentFailure;

/**
 * What an error of the database means for the shard.
 *
 * @param kind what follows from it
 * @param code the SQLSTATE; {@code 08006} if the connection broke without one
 * @param message the database's message without detail, context or row
 */
public record Failure(ErrorKind kind, String code, String message) {

    /** By the SQLSTATE alone: for a statement that evaluates nothing of the user's. */
    public static Failure of(String code, String message) {
        return of(ServerError.of(code, message), message);
    }

    /**
     * What an error means.
     *
     * @param error the error
     * @param words what may be told of it
     */
    public static Failure of(ServerError error, String words) {
        return new Failure(SqlStates.kind(error), error.code(), words);
    }

    /**
     * What the job is pinned to has changed, though the database has refused nothing.
     *
     * @param differences what is different, in words
     */
    public static Failure pinsChanged(String differences) {
        return new Failure(ErrorKind.SCHEMA_CHANGED, "42P17", differences);
    }

    /**
     * Whether the database could not be reached, or takes no writes: the same may succeed as soon as that is over.
     */
    public boolean isOfUnavailableDatabase() {
        return kind == ErrorKind.CONNECTION_LOST || code.startsWith("08") || isReadOnly();
    }

    /** Whether the server takes no writes: a standby, or made so. */
    public boolean isReadOnly() {
        return kind == ErrorKind.ENVIRONMENT && code.equals(EnvironmentFailure.READ_ONLY.code());
    }

    /** Whether the same row may well pass with another try, so that one error is not enough to quarantine it. */
    boolean isAmbiguous() {
        return SqlStates.isAmbiguous(code);
    }
}
