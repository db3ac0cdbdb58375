package dev.backfleet.common.spec;

import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The change of a row, as a spec defines it: new values of its columns, or a copy of it in another table.
 *
 * @param set the new value of each column, in the order of the file; empty only of a copy
 * @param where which rows still need the change; every row if empty
 * @param triggers whether the table's triggers fire
 * @param undo whether the values that are overwritten are kept
 * @param copy the copy, if the change is one
 */
public record Change(
        Map<Identifier, SqlExpression> set,
        Optional<SqlExpression> where,
        Triggers triggers,
        Undo undo,
        Optional<Copy> copy) {

    /** Checks that it is one of both. */
    public Change {
        if (set.isEmpty() == copy.isEmpty()) {
            throw new IllegalArgumentException("either columns are set, or the row is copied");
        }
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
