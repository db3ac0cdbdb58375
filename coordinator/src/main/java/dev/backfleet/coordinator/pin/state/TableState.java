package dev.backfleet.coordinator.pin.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a table and of what hangs on it, read in one statement.
 *
 * @param relations the table and its partitions
 * @param indexed the indexes that contain the job's columns
 * @param triggers the triggers that an update of the job's columns concerns, each once
 * @param foreignKeys the foreign keys that the job's columns are part of, on either side
 * @param unvalidated the constraints that are NOT VALID
 * @param publications what publishes the table
 * @param collations the collations of the key
 * @param functions the functions that the job's expressions may call
 * @param widths how wide the job's columns are
 */
public record TableState(
        List<RelationState> relations,
        List<Indexed> indexed,
        List<TriggerState> triggers,
        List<ForeignKey> foreignKeys,
        List<Constraint> unvalidated,
        List<Publication> publications,
        List<Collation> collations,
        List<CalledFunction> functions,
        List<Width> widths) {
    public TableState {
        relations = List.copyOf(relations);
        indexed = List.copyOf(indexed);
        triggers = List.copyOf(triggers);
        foreignKeys = List.copyOf(foreignKeys);
        unvalidated = List.copyOf(unvalidated);
        publications = List.copyOf(publications);
        collations = List.copyOf(collations);
        functions = List.copyOf(functions);
        widths = List.copyOf(widths);
    }

    /**
     * A column that prevents HOT updates.
     *
     * @param column its name in the catalog
     * @param indexes the indexes that contain it, in their expressions or conditions too, quoted where they must be
     */
    public record Indexed(String column, List<String> indexes) {
        public Indexed {
            indexes = List.copyOf(indexes);
        }
    }

    /**
     * A foreign key.
     *
     * @param name its name in the catalog
     * @param from the table that refers, quoted where it must be
     * @param to the table that is referred to, quoted where it must be
     * @param incoming whether a column that the job sets is referred to; otherwise one refers
     * @param columns the columns of {@code from}, quoted where they must be
     * @param onUpdate what an update of a column that is referred to does, as in SQL
     * @param indexed whether an index of {@code from} begins with its columns
     * @param pages the pages of {@code from}, its partitions included
     */
    public record ForeignKey(
            String name,
            String from,
            String to,
            boolean incoming,
            String columns,
            String onUpdate,
            boolean indexed,
            long pages) {}

    /**
     * A constraint that is NOT VALID.
     *
     * @param table its table, quoted where it must be
     * @param definition it, as in SQL
     * @param everyRow whether each row that is written is checked, whatever was changed in it
     */
    public record Constraint(String name, String table, String definition, boolean everyRow) {}

    /**
     * A publication of the table.
     *
     * @param updates whether updates are published
     */
    public record Publication(String name, boolean updates) {}

    /**
     * The collation of a column of the key.
     *
     * @param name its name, quoted where it must be; null: the database's
     * @param stored the version with which its indexes were built
     * @param actual the version of the library now
     * @param columns the columns of the key that have it
     */
    public record Collation(@Nullable String name, String stored, String actual, List<String> columns) {
        public Collation {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A function of which an expression may call one, by its name.
     *
     * @param name its schema and name, quoted where it must be
     * @param builtIn whether it comes with PostgreSQL or an extension
     * @param rank 2: VOLATILE, 1: STABLE, 0: IMMUTABLE
     * @param language the language that it is written in
     * @param source its text; what it is depends on the language
     */
    public record CalledFunction(String name, boolean builtIn, int rank, String language, String source) {}

    /**
     * How wide a column is.
     *
     * @param column its name in the catalog
     * @param bytes the width of its values on average; of a partitioned table, the largest of its partitions
     */
    public record Width(String column, int bytes) {}
}
