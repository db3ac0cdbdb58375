package dev.backfleet.common.spec;

import dev.backfleet.common.job.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is done to a row.
 *
 * @param set the new value of each column, in the order of the file; at least one
 * @param where which rows still need it; every row if empty
 * @param triggers what becomes of the table's triggers
 */
public record Change(Map<Identifier, SqlExpression> set, Optional<SqlExpression> where, Triggers triggers) {

    /** Copies the map, and keeps its order. */
    public Change {
        if (set.isEmpty()) {
            throw new IllegalArgumentException("nothing is set");
        }
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
