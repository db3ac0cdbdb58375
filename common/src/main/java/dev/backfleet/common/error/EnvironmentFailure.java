package dev.backfleet.common.error;

import java.util.Optional;
import java.util.stream.Stream;

/** Why a job pauses itself: the server cannot accept its writes now, whatever the rows are. */
public enum EnvironmentFailure {
    /** A file of the database could not grow. */
    DISK_FULL(SqlStateCodes.DISK_FULL, "the disk is full", true),
    /** After a failover, or set by an administrator or the provider. */
    READ_ONLY(SqlStateCodes.READ_ONLY, "the server is read-only", true),
    /** The permission may have been withdrawn to stop the job, so it resumes only when a person says so. */
    NOT_PERMITTED(SqlStateCodes.NO_PERMISSION, "a permission is missing", false);

    private final String code;
    private final String words;
    private final boolean isTemporary;

    EnvironmentFailure(String code, String words, boolean isTemporary) {
        this.code = code;
        this.words = words;
        this.isTemporary = isTemporary;
    }

    /** The failure with this SQLSTATE, if there is one. */
    public static Optional<EnvironmentFailure> of(String code) {
        return Stream.of(values()).filter(failure -> failure.code.equals(code)).findFirst();
    }

    public String code() {
        return code;
    }

    public String words() {
        return words;
    }

    /** Whether the job resumes by itself when the cause is gone. */
    public boolean isTemporary() {
        return isTemporary;
    }
}
