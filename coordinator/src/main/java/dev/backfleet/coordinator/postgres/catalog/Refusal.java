package dev.backfleet.coordinator.postgres.catalog;

import java.sql.SQLException;
import java.util.Set;

/** What the SQLSTATE of a refused statement means: whether it only gave way and may be tried again. */
public final class Refusal {
    // The last one: the table was altered since the statement was prepared; once more, and it is prepared anew.
    private static final Set<String> CODES = Set.of("55P03", "40P01", "40001", "57014", "0A000");

    private Refusal() {}

    /** Whether the statement gave way to somebody else. */
    public static boolean gaveWay(Throwable e) {
        return CODES.contains(code(e));
    }

    /** Whether a table is gone that was there when the statement was written, such as a partition that was dropped. */
    public static boolean isStale(Throwable e) {
        return code(e).equals("42P01");
    }

    /** Whether PostgreSQL was given what is no value of a column's type. */
    public static boolean isNoValue(Throwable e) {
        return code(e).startsWith("22");
    }

    /** Whether somebody else has what is unique. */
    public static boolean isTaken(Throwable e) {
        return code(e).equals("23505");
    }

    /** The SQLSTATE of a refusal; empty if it is none. */
    public static String code(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null) {
                return refused.getSQLState();
            }
        }
        return "";
    }
}
