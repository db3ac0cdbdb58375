package dev.backfleet.coordinator.postgres.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Rows within a column: an array of arrays of text, {@code array(select array[a, b::text] from ...)}. JSON would do the same, but its
 * parser is a fifth of the classes that a command loads.
 */
final class TextRows {
    private TextRows() {}

    /** The rows of a column, none if there are none; their elements may be null. */
    static List<String[]> of(ResultSet row, String column) throws SQLException {
        // An empty array has no second dimension.
        return row.getArray(column).getArray() instanceof String[][] rows ? List.of(rows) : List.of();
    }
}
