package dev.backfleet.common.error;

import static dev.backfleet.common.error.ErrorKind.CONNECTION_LOST;
import static dev.backfleet.common.error.ErrorKind.ENVIRONMENT;
import static dev.backfleet.common.error.ErrorKind.REFUSED_ROW;
import static dev.backfleet.common.error.ErrorKind.SCHEMA_CHANGED;
import static dev.backfleet.common.error.ErrorKind.TIMED_OUT;
import static dev.backfleet.common.error.ErrorKind.TRANSIENT;
import static dev.backfleet.common.error.ErrorKind.UNKNOWN;
import static dev.backfleet.common.error.SqlStateCodes.CANCELLED;
import static dev.backfleet.common.error.SqlStateCodes.NOT_SUPPORTED;
import static dev.backfleet.common.error.SqlStateCodes.NO_PERMISSION;
import static dev.backfleet.common.error.SqlStateCodes.READ_ONLY;
import static dev.backfleet.common.error.SqlStateCodes.TOO_LARGE;
import static dev.backfleet.common.error.SqlStateCodes.TOO_MANY_CONNECTIONS;

import java.util.Map;
import java.util.Set;

/**
 * Decides how an error is handled. The SQLSTATE alone is not enough: a function can raise any code for one row. An
 * error that a function raises concerns the row that it was called for, whatever the code. An error that the server
 * reports about the table, the session or the server itself is judged by its code, wherever the statement ran. {@code
 * docs/reference/errors.md} has the whole table.
 */
public final class SqlStates {

    private static final Set<String> TRANSIENT_CODES =
            Set.of("40001", "40P01", "55P03", "55006", "53300", "53400", "53200");
    private static final Set<String> LOST_CODES = Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "25P04");
    private static final Set<String> SCHEMA_CODES = Set.of("42703", "42P01", "42883", "42804", "42P10", "3F000");

    // Cardinality, data, integrity, external functions, check options of views, and what PL/pgSQL raises.
    private static final Set<String> ROW_CLASSES = Set.of("21", "22", "23", "38", "39", "44", "P0");

    // Disk, configuration and snapshots. Class XX is not among them: a single damaged or oversized value can cause it.
    private static final Set<String> SERVER_CLASSES = Set.of("58", "F0", "72");

    // Prepared statements and portals of another session: a pooler between the worker and the server mixes sessions.
    private static final Set<String> SESSION_CODES = Set.of("26000", "34000", "42P03", "42P05");

    // The only C function of the server that reports this code. If a function of an extension reports it, a row caused
    // it.
    private static final Map<String, String> REPORTED_BY = Map.of(
            CANCELLED,
            "ProcessInterrupts",
            "40P01",
            "DeadLockReport",
            "57P01",
            "ProcessInterrupts",
            "57P05",
            "ProcessInterrupts",
            "25P03",
            "ProcessInterrupts",
            "25P04",
            "ProcessInterrupts",
            "57P02",
            "quickdie",
            NOT_SUPPORTED,
            "RevalidateCachedQuery");

    // The C functions that open a file because a function or expression of the user names it: COPY, pg_read_file and
    // similar, large objects. Any other C function opens files for the server.
    private static final Set<String> OPEN_NAMED_FILES = Set.of(
            "BeginCopyTo",
            "BeginCopyFrom",
            "read_binary_file",
            "pg_stat_file",
            "pg_ls_dir",
            "lo_import_internal",
            "be_lo_export");

    // A row that a CHECK OPTION or a row security policy rejects is reported with the code of a missing permission.
    private static final String POLICY = "ExecWithCheckOptions";

    private SqlStates() {}

    /** How an error is handled. */
    public static ErrorKind kind(ServerError error) {
        if (error.isOurConstraint()) {
            return UNKNOWN;
        }
        return switch (error.origin()) {
            case CONTROL -> ofControl(error.code());
            case PLANNING -> ofPlanning(error);
            case EXECUTION -> ofServer(error);
            case IN_FUNCTION -> inFunction(error);
            case RAISED -> REFUSED_ROW;
        };
    }

    /**
     * Whether a row that is rejected with this code must be rejected several times before it counts: functions pass
     * such transient errors of the server on.
     */
    public static boolean isAmbiguous(String code) {
        return isTransient(code) || isLost(code) || SqlStateCodes.isResources(code);
    }

    /**
     * Whether the caller has to check that the server can plan the statement: the error was raised at execution, and
     * either a row or the statement may be the cause.
     */
    public static boolean mayBePlanning(ServerError error) {
        return error.origin() == ErrorOrigin.EXECUTION
                && kind(error) == REFUSED_ROW
                && !ROW_CLASSES.contains(error.codeClass())
                && !error.code().equals(TOO_LARGE);
    }

    private static ErrorKind ofControl(String code) {
        if (isTransient(code)) {
            return code.equals(CANCELLED) ? TIMED_OUT : TRANSIENT;
        }
        if (isLost(code)) {
            return CONNECTION_LOST;
        }
        if (EnvironmentFailure.of(code).isPresent()) {
            return ENVIRONMENT;
        }
        if (SCHEMA_CODES.contains(code)) {
            return SCHEMA_CHANGED;
        }
        return ROW_CLASSES.contains(code.substring(0, Math.min(2, code.length()))) || code.equals(TOO_LARGE)
                ? REFUSED_ROW
                : UNKNOWN;
    }

    private static ErrorKind ofPlanning(ServerError error) {
        var known = ofServer(error);
        if (known != REFUSED_ROW) {
            return known;
        }
        return error.codeClass().equals("XX") ? UNKNOWN : SCHEMA_CHANGED;
    }

    private static ErrorKind inFunction(ServerError error) {
        var code = error.code();
        // The statement itself writes, over a working connection: if the server were read-only, no function would have
        // been called. So connections and read-only transactions are the function's own.
        var isFunctions =
                SqlStateCodes.isConnection(code) || code.equals(TOO_MANY_CONNECTIONS) || code.equals(READ_ONLY);
        return isFunctions && !"ProcessInterrupts".equals(error.routine()) ? REFUSED_ROW : ofServer(error);
    }

    private static ErrorKind ofServer(ServerError error) {
        var code = error.code();
        if (!isServersOwn(error) || isNamedFile(error)) {
            return REFUSED_ROW;
        }
        if (isTransient(code)) {
            return code.equals(CANCELLED) ? TIMED_OUT : TRANSIENT;
        }
        if (isLost(code)) {
            return CONNECTION_LOST;
        }
        if (EnvironmentFailure.of(code).isPresent()) {
            return code.equals(NO_PERMISSION) && POLICY.equals(error.routine()) ? REFUSED_ROW : ENVIRONMENT;
        }
        return SERVER_CLASSES.contains(error.codeClass()) || SESSION_CODES.contains(code) ? UNKNOWN : REFUSED_ROW;
    }

    private static boolean isNamedFile(ServerError error) {
        return error.routine() != null
                && OPEN_NAMED_FILES.contains(error.routine())
                && (error.codeClass().equals("58") || error.code().equals(NO_PERMISSION));
    }

    private static boolean isServersOwn(ServerError error) {
        var reporter = REPORTED_BY.get(error.code());
        return reporter == null || error.routine() == null || reporter.equals(error.routine());
    }

    private static boolean isTransient(String code) {
        return TRANSIENT_CODES.contains(code) || code.equals(CANCELLED) || code.equals(NOT_SUPPORTED);
    }

    private static boolean isLost(String code) {
        return SqlStateCodes.isConnection(code) || LOST_CODES.contains(code);
    }
}
