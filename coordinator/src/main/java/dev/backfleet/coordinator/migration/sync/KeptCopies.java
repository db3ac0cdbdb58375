package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import java.util.List;
import java.util.Map;

/**
 * What copies are kept as the rows are, and how.
 *
 * @param names of what keeps them
 * @param source the table of the rows, and what is copied of it
 * @param from the columns of the old shape; none: a job's copies, which replace none
 * @param onError what a write of the application meets when an expression fails
 * @param observing whether who writes the old shape alone is noted; see {@link SyncObserver}
 * @param stored the columns of the old shape that are stored under another name than that of the file
 */
record KeptCopies(
        SyncNames names,
        CopiedTable source,
        List<Identifier> from,
        SyncErrors onError,
        boolean observing,
        Map<Identifier, Identifier> stored) {
    KeptCopies {
        from = List.copyOf(from);
        stored = Map.copyOf(stored);
    }

    /** The same with a note of who writes the old shape alone. */
    KeptCopies observed() {
        return new KeptCopies(names, source, from, onError, true, stored);
    }

    /** The same with other names of the old columns. */
    KeptCopies renamed(Map<Identifier, Identifier> others) {
        return new KeptCopies(names, source, from, onError, observing, others);
    }

    JobDefinition definition() {
        return source.definition();
    }

    CopyRows copy() {
        return definition().copyRows();
    }

    /** The table of the rows, with its schema, quoted. */
    String table() {
        return definition().table().quoted();
    }

    /** The name under which a column of the file is stored. */
    Identifier stored(Identifier column) {
        return stored.getOrDefault(column, column);
    }

    /** The columns of the old shape, as they are stored. */
    List<Identifier> storedFrom() {
        return from.stream().map(this::stored).toList();
    }
}
