package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.sql.SqlExpression;

/** The statements in which queries of a spec's throttle section are run: as subselects, which cannot change anything. */
public final class SpecQuery {
    private SpecQuery() {}

    /** The statement for {@code throttle.probe}, for a prepared statement. */
    public static String ofProbe(String query) {
        return "select count(*) from " + parenthesized(query) + " backfleet_probe";
    }

    /** The statement for a query of {@code throttle.sql}, for a prepared statement. */
    public static String ofSql(String query) {
        return "select " + parenthesized(query) + "::float8";
    }

    private static String parenthesized(String query) {
        return SqlExpression.parse("(" + query + "\n)").jdbcText();
    }
}
