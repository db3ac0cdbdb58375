package dev.backfleet.coordinator.migration.sync;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.sql.Identifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes how the function of a sync tells that columns of a row have no value: NULL, or the default, as after an INSERT that does not name
 * them.
 */
final class BlankColumns {
    private final String table;
    private final List<Identifier> defaulted;
    private final Map<Identifier, String> defaults;
    private final Map<Identifier, Identifier> stored;

    /**
     * Of a table.
     *
     * @param table its name, as SQL writes it
     * @param columns those that are asked about
     * @param defaults the defaults of some of them, as PostgreSQL shows them
     * @param stored the columns that are stored under another name
     */
    BlankColumns(
            String table,
            Collection<Identifier> columns,
            Map<Identifier, String> defaults,
            Map<Identifier, Identifier> stored) {
        this.table = table;
        this.defaulted = columns.stream().filter(defaults::containsKey).toList();
        this.defaults = defaults;
        this.stored = stored;
    }

    /** The declarations of variables that the conditions need. */
    String variables() {
        return IntStream.range(0, defaulted.size())
                .mapToObj(i -> "  backfleet_d" + (i + 1) + " " + table + "."
                        + stored(defaulted.get(i)).quoted() + "%type := (" + defaults.get(defaulted.get(i))
                        + "\n);\n")
                .collect(joining());
    }

    /** The condition that none of some columns of a row has a value. */
    String condition(String row, Collection<Identifier> columns) {
        return columns.stream().map(column -> condition(row, column)).collect(joining(" and "));
    }

    private String condition(String row, Identifier column) {
        var field = row + "." + stored(column).quoted();
        var isNull = "pg_catalog.num_nonnulls(" + field + ") = 0";
        var position = defaulted.indexOf(column);
        return position < 0
                ? isNull
                : "(" + isNull + " or row(" + field + ")::record operator(pg_catalog.*=) row(backfleet_d"
                        + (position + 1) + ")::record)";
    }

    private Identifier stored(Identifier column) {
        return stored.getOrDefault(column, column);
    }
}
