package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyOperators;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The facts of the catalog about a table.
 *
 * @param kind the kind of relation
 * @param columns its columns, in order
 * @param indexes its usable indexes: valid btree indexes over plain columns of every row
 * @param leaves the tables that hold its rows: itself, or the leaves of a partitioned table
 * @param partitionColumns the columns that determine the partition of a row, of the whole partition tree of the table
 */
public record TableFacts(
        JobDefinition.Table table,
        Kind kind,
        List<Column> columns,
        List<Index> indexes,
        List<Leaf> leaves,
        Set<String> partitionColumns) {

    /** The column with a name. */
    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    /** Kinds of relations. */
    public enum Kind {
        /** An ordinary or a partitioned table. */
        TABLE("a table"),
        /** A view. */
        VIEW("a view"),
        /** A materialized view. */
        MATERIALIZED_VIEW("a materialized view"),
        /** A foreign table. */
        FOREIGN_TABLE("a foreign table"),
        /** A temporary table. */
        TEMPORARY("a temporary table, which only its own session sees"),
        /** A table with inheritance children that are no partitions. */
        INHERITED("a table that others inherit from"),
        /** One of Backfleet's own tables. */
        CONTROL("one of Backfleet's own tables"),
        /** A table of PostgreSQL's own catalog. */
        SYSTEM("a table of PostgreSQL's own catalog"),
        /** Anything else that has a name. */
        OTHER("not a table");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind in words. */
        public String words() {
            return words;
        }
    }

    /**
     * A column.
     *
     * @param name its name
     * @param number its attribute number
     * @param type the type in which its values are sent, qualified so that it is found under any search path; for a domain,
     *     its base type
     * @param unreadable why its values cannot be sent as text; null: they can
     * @param notNull whether no row can have NULL in it
     * @param saysNotNull whether it is declared NOT NULL, even if the constraint is not validated yet
     * @param generated whether its value is computed from other columns
     * @param computedFrom the columns from which it is computed
     */
    public record Column(
            String name,
            int number,
            String type,
            @Nullable String unreadable,
            boolean notNull,
            boolean saysNotNull,
            boolean generated,
            Set<String> computedFrom) {
        public Column {
            computedFrom = Set.copyOf(computedFrom);
        }
    }

    /**
     * A usable index.
     *
     * @param name its name
     * @param columns its columns, in order
     * @param operators with which it compares each of them
     * @param primary whether it is the primary key
     * @param unique whether no two rows can have the same values, at any time
     * @param plainOrder whether it sorts as the columns themselves compare, all in one direction
     */
    public record Index(
            String name,
            List<String> columns,
            List<KeyOperators> operators,
            boolean primary,
            boolean unique,
            boolean plainOrder) {
        public Index {
            columns = List.copyOf(columns);
            operators = List.copyOf(operators);
        }
    }

    /**
     * A table that holds rows.
     *
     * @param ordinary whether it is stored in this database
     */
    public record Leaf(JobDefinition.Table table, boolean ordinary) {}
}
