package dev.backfleet.common.error;

/**
 * The SQLSTATEs that the code names, and what a class of them means. What an error of a statement that changes rows means is
 * decided by {@link SqlStates}: the code alone does not tell.
 */
public final class SqlStateCodes {
    public static final String NO_DATA = "02000";
    public static final String UNABLE_TO_CONNECT = "08001";
    public static final String CONNECTION_REJECTED = "08004";
    public static final String CONNECTION_FAILURE = "08006";
    public static final String NOT_SUPPORTED = "0A000";
    public static final String UNIQUE_VIOLATION = "23505";
    public static final String READ_ONLY = "25006";
    public static final String USER_REJECTED = "28000";
    public static final String WRONG_PASSWORD = "28P01";
    public static final String NO_DATABASE = "3D000";
    public static final String NO_SCHEMA = "3F000";
    public static final String SERIALIZATION_FAILURE = "40001";
    public static final String DEADLOCK = "40P01";
    public static final String NO_PERMISSION = "42501";
    public static final String SYNTAX_ERROR = "42601";
    public static final String NO_COLUMN = "42703";
    public static final String NO_TABLE = "42P01";
    public static final String INVALID_DEFINITION = "42P17";
    public static final String DISK_FULL = "53100";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String TOO_LARGE = "54000";
    public static final String NOT_IN_STATE = "55000";
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String CANCELLED = "57014";
    public static final String ADMIN_SHUTDOWN = "57P01";
    public static final String CRASH_SHUTDOWN = "57P02";
    public static final String CANNOT_CONNECT_NOW = "57P03";
    public static final String DATABASE_DROPPED = "57P04";
    public static final String IDLE_SESSION = "57P05";

    private SqlStateCodes() {}

    /** Whether the connection failed, or could not be made. */
    public static boolean isConnection(String code) {
        return code.startsWith("08");
    }

    /** Whether the server rejects the user: its name, its password or its method. */
    public static boolean isAuthorization(String code) {
        return code.startsWith("28");
    }

    /** Whether the server cannot be used: it is not reached, it rejects the user, it lacks the database, or the user a permission. */
    public static boolean isAboutAccess(String code) {
        return isConnection(code)
                || isAuthorization(code)
                || code.equals(NO_DATABASE)
                || code.equals(DATABASE_DROPPED)
                || code.equals(NO_PERMISSION);
    }

    /** Whether a value cannot be processed, such as a text that is no value of a type. */
    public static boolean isData(String code) {
        return code.startsWith("22");
    }

    /** Whether the server cannot plan the statement, or the role may not run it. */
    public static boolean isSyntaxOrAccess(String code) {
        return code.startsWith("42");
    }

    /** Whether the server rejects the statement as such, whatever the rows are. */
    public static boolean isAboutStatement(String code) {
        return isSyntaxOrAccess(code) || code.startsWith("0A");
    }

    /** Whether resources of the server are exhausted. */
    public static boolean isResources(String code) {
        return code.startsWith("53");
    }

    /** Whether it says nothing about the statement: the state of the server, the session or the transaction is the cause. */
    public static boolean isAboutServer(String code) {
        return isConnection(code)
                || isResources(code)
                || code.startsWith("25")
                || code.startsWith("40")
                || code.startsWith("55")
                || code.startsWith("57")
                || code.startsWith("58");
    }
}
