package dev.backfleet.common.spec;

import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The copy of a row into another table, as a spec defines it.
 *
 * @param into the other table
 * @param columns what each of its columns is given, in the order of the file; at least one
 * @param key the columns by which a row is found that is there already; its primary key if empty
 * @param conflict what becomes of such a row
 * @param writeBack columns of the row that are given what a column of its copy has, in the order of the file; may be empty
 */
public record Copy(
        TableName into,
        Map<Identifier, SqlExpression> columns,
        Optional<List<Identifier>> key,
        OnConflict conflict,
        Map<Identifier, Identifier> writeBack) {

    /** Copies the collections. */
    public Copy {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("nothing is copied");
        }
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        key = key.map(List::copyOf);
        writeBack = Collections.unmodifiableMap(new LinkedHashMap<>(writeBack));
    }
}
