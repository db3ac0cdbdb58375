package dev.backfleet.worker.execute;

import dev.backfleet.common.job.RowFault;
import dev.backfleet.common.job.Trouble;
import java.util.Set;

/**
 * What the database's refusal of a batch means for the shard. The SQLSTATE decides.
 *
 * @param kind what follows from it
 * @param code the SQLSTATE; {@code 08006} if the connection broke without one
 * @param message the database's message without detail, context or row
 */
public record Failure(Kind kind, String code, String message) {

    /** What follows from a failure. */
    public enum Kind {
        /** Somebody was in the way, or the batch was too slow: again, smaller, later. */
        TRANSIENT,
        /** As transient, but nobody knows whether the batch was committed: the checkpoint is read back first. */
        CONNECTION_LOST,
        /** The server cannot take writes now: the job pauses itself and says why. */
        ENVIRONMENT,
        /** The database refuses a row: it is looked for, and put into quarantine. */
        REFUSED_ROW,
        /** The table is no longer what the job was pinned to: the job halts. */
        SCHEMA_CHANGED,
        /** Nothing that is known: the shard ends as FAILED, for a person to look at. */
        UNKNOWN
    }

    // A stale cached plan: the driver prepares anew, so trying again is all it takes.
    private static final String CACHED_PLAN = "0A000";
    private static final Set<String> TRANSIENT =
            Set.of("40001", "40P01", "55P03", "55006", "57014", "53300", "53400", "53200", CACHED_PLAN);
    private static final Set<String> LOST = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");
    private static final Set<String> SCHEMA = Set.of("42703", "42P01", "42883", "42804", "42P10", "3F000");

    /** Classifies a SQLSTATE. */
    public static Failure of(String code, String message) {
        return new Failure(kind(code), code, message);
    }

    /**
     * What the job is pinned to has changed, though the database has refused nothing.
     *
     * @param differences what is different, in words
     */
    public static Failure pinsChanged(String differences) {
        return new Failure(Kind.SCHEMA_CHANGED, "42P17", differences);
    }

    private static Kind kind(String code) {
        if (TRANSIENT.contains(code)) {
            return Kind.TRANSIENT;
        }
        if (code.startsWith("08") || LOST.contains(code)) {
            return Kind.CONNECTION_LOST;
        }
        if (Trouble.of(code).isPresent()) {
            return Kind.ENVIRONMENT;
        }
        if (SCHEMA.contains(code)) {
            return Kind.SCHEMA_CHANGED;
        }
        return RowFault.is(code) ? Kind.REFUSED_ROW : Kind.UNKNOWN;
    }
}
