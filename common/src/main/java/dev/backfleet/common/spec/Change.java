package dev.backfleet.common.spec;

import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The change of a row, as a spec defines it.
 *
 * @param set the new value of each column, in the order of the file; at least one
 * @param where which rows still need the change; every row if empty
 * @param triggers whether the table's triggers fire
 * @param undo whether the values that are overwritten are kept
 */
public record Change(Map<Identifier, SqlExpression> set, Optional<SqlExpression> where, Triggers triggers, Undo undo) {

    public Change {
        if (set.isEmpty()) {
            throw new IllegalArgumentException("nothing is set");
        }
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
