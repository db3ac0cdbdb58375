package dev.backfleet.common.job;

import java.util.Optional;
import java.util.stream.Stream;

/** Why a job pauses itself: the server cannot take its writes now, whatever the rows are. */
public enum EnvironmentFailure {
    /** A file of the database could not grow. */
    DISK_FULL("53100", "the disk is full", true),
    /** After a failover, or because somebody or the provider made it so. */
    READ_ONLY("25006", "the server is read-only", true),
    /** Perhaps on purpose: to stop the job. So it takes a person's word to go on. */
    NOT_PERMITTED("42501", "a permission is missing", false);

    private final String code;
    private final String words;
    private final boolean passes;

    EnvironmentFailure(String code, String words, boolean passes) {
        this.code = code;
        this.words = words;
        this.passes = passes;
    }

    /** The trouble that a SQLSTATE stands for, if it stands for any. */
    public static Optional<EnvironmentFailure> of(String code) {
        return Stream.of(values()).filter(trouble -> trouble.code.equals(code)).findFirst();
    }

    /** The SQLSTATE. */
    public String code() {
        return code;
    }

    /** As a person would say it. */
    public String words() {
        return words;
    }

    /** Whether the job may go on by itself when it is over. */
    public boolean passes() {
        return passes;
    }
}
