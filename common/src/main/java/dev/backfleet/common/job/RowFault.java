package dev.backfleet.common.job;

import java.util.Set;

/** Which errors of the database are a row's fault: its values, or what they are changed to, cannot be stored. */
public final class RowFault {
    // Cardinality, data, integrity, external functions, check options of views, and what PL/pgSQL raises.
    private static final Set<String> CLASSES = Set.of("21", "22", "23", "38", "39", "44", "P0");

    // Such as a value that is too large for an index.
    private static final String TOO_LARGE = "54000";

    private RowFault() {}

    /** Whether a SQLSTATE is one of them. */
    public static boolean is(String sqlState) {
        return CLASSES.contains(sqlState.substring(0, Math.min(2, sqlState.length()))) || sqlState.equals(TOO_LARGE);
    }
}
