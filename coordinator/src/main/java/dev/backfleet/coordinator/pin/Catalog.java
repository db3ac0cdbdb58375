package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a spec is held against. Nothing is changed by asking. */
public interface Catalog {

    /** What is known of a table; nothing if there is none of that name. */
    Optional<TableFacts> table(TableName name);

    /**
     * Why the keys of a table's rows cannot travel as text: the text of some does not read back as an equal value. A few rows
     * are looked at where the types are not PostgreSQL's own; nothing if their keys can.
     */
    Optional<String> unreadable(TableFacts table, List<KeyColumn> key);

    /** What row security does to a table that is read and changed by itself. */
    RowSecurity rowSecurity(JobDefinition.Table table);

    /**
     * Row security of a table.
     *
     * @param enabled whether it is on for somebody
     * @param hides whether it may hide rows from this role
     * @param policies the policies for this role
     * @param role this role
     */
    record RowSecurity(boolean enabled, boolean hides, List<String> policies, String role) {
        /** Copies the list. */
        public RowSecurity {
            policies = List.copyOf(policies);
        }

        /** What would be left out, and because of what. */
        public String danger(JobDefinition.Table table) {
            var why = policies.isEmpty() ? "there is no policy for the role" : "policy " + String.join(", ", policies);
            return "row security of " + Identifier.of(table.name()) + " may hide rows from role " + role + " (" + why
                    + "), which would be left out";
        }
    }

    /** Why PostgreSQL would refuse to set a column to an expression; nothing if it would not. It is not evaluated. */
    Optional<String> refusal(JobDefinition.Table table, String column, SqlExpression expression);

    /** Why PostgreSQL would refuse a condition on rows; nothing if it would not. It is not evaluated. */
    Optional<String> refusal(JobDefinition.Table table, SqlExpression where);

    /**
     * What PostgreSQL has against the statements of a job over a table, or a leaf: each kind of batch is planned, and the first
     * row is changed in a transaction that is rolled back, unless that could be seen outside of it.
     */
    Optional<Objection> objection(JobDefinition job, JobDefinition.Table leaf);

    /**
     * Of tables that hold the rows of one, those that differ: in columns, constraints, triggers, indexes, rules or rights. Of many
     * kinds, the first twenty.
     */
    List<JobDefinition.Table> shapes(List<JobDefinition.Table> leaves);

    /** Why this role may not suppress triggers; nothing if it may. */
    Optional<String> triggerRefusal();

    /** After how long a lock wait the server looks for a deadlock. */
    Duration deadlockTimeout();

    /**
     * What a table and its partitions do by themselves when rows are updated.
     *
     * @param triggers whether they fire or are suppressed
     * @param columns which columns are set
     */
    List<Reaction> reactions(JobDefinition.Table table, Triggers triggers, List<String> columns);
}
