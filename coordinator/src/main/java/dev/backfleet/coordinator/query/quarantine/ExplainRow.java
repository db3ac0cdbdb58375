package dev.backfleet.coordinator.query.quarantine;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.quarantine.RowKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL says about a row in quarantine, in its own words: the row is changed as the job is defined now, in a
 * transaction that is rolled back. The words contain values of rows: they are for the person who asks, and never logged or
 * stored.
 */
public final class ExplainRow {
    private final Lookup lookup;
    private final Rows rows;

    public ExplainRow(Lookup lookup, Rows rows) {
        this.lookup = lookup;
        this.rows = rows;
    }

    /**
     * Tries a row. In any state of the job, since nothing is changed.
     *
     * @param job its id or name
     * @param key the row's key, a value for each key column
     * @param instead expressions to try instead of those of some columns; nothing is replaced
     * @throws OperationRefused NOT_FOUND; INVALID if the key does not fit the job's key columns, no row has it, or the job does
     *     not set a column
     */
    public Explanation run(String job, List<String> key, Map<Identifier, SqlExpression> instead) {
        var id = lookup.job(job);
        RowKey.requireFits(job, rows.keyColumns(id), key);
        return rows.explain(id, key, instead).orElseThrow(() -> RowKey.noSuchRow(job, key));
    }

    /** The result. */
    public enum Outcome {
        /** PostgreSQL accepts the change. */
        ACCEPTED,
        /** The row was deleted, or its change is no longer needed. */
        NO_NEED,
        /** PostgreSQL rejects the change. */
        REJECTED
    }

    /**
     * What PostgreSQL says about a row.
     *
     * @param table the table that the row is in
     * @param said its words, if it rejects the change
     */
    public record Explanation(
            Outcome outcome, String table, @Nullable Said said) {}

    /** An error of PostgreSQL in its own words. Has no text form, so that no message can contain it by mistake. */
    public static final class Said {
        private final String sqlState;
        private final String message;
        private final List<Part> parts;

        /** What it says: the SQLSTATE, the message, and the rest of it. */
        public Said(String sqlState, String message, List<Part> parts) {
            this.sqlState = sqlState;
            this.message = message;
            this.parts = List.copyOf(parts);
        }

        public String sqlState() {
            return sqlState;
        }

        public String message() {
            return message;
        }

        /** Detail, hint, context and the names. */
        public List<Part> parts() {
            return parts;
        }

        @Override
        public String toString() {
            return "an error " + sqlState + " that may contain values of rows";
        }
    }

    /** A field of an error. */
    public record Part(String name, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The rows in quarantine. */
    public interface Rows {
        /** The columns of a job's key. */
        List<String> keyColumns(long job);

        /** Tries a row and rolls it back; nothing if no row with that key is in quarantine. */
        Optional<Explanation> explain(long job, List<String> key, Map<Identifier, SqlExpression> instead);
    }
}
