package dev.backfleet.common.job.kind;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A column of the key of a table that takes copied rows.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number
 * @param equal the equality operator of the key's index, as it is written in SQL
 * @param collation the column's collation, as it is written in SQL; null: its type has none
 */
public record CopyKey(
        String name,
        int number,
        String equal,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String collation) {

    /** Whether two values are equal, in SQL. The values are columns or in parentheses. */
    public String same(String left, String right) {
        // One explicit collation decides: the expression may come with another one than the column's.
        return left + " " + equal + " " + right + (collation == null ? "" : " collate " + collation);
    }
}
