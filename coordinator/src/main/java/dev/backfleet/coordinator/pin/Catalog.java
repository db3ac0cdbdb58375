package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.state.Matching;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.TableState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The facts about the database that a spec is checked against. Read-only. */
public interface Catalog {

    /** The facts about a table; nothing if there is no table with that name. */
    Optional<TableFacts> table(TableName name);

    /** The table that was probably meant by a name that does not exist: the same in another schema, or a similar one. */
    Optional<TableName> nearest(TableName name);

    /**
     * Why the keys of a table cannot be sent as text: the text of some does not read back as an equal value. Checks a few rows
     * if the types are not built into PostgreSQL; nothing if the keys can be sent.
     */
    Optional<String> unreadable(TableFacts table, List<KeyColumn> key);

    /** The row security of those of some tables that have it, in their order. */
    Map<JobDefinition.Table, RowSecurity> rowSecurity(List<JobDefinition.Table> tables);

    /**
     * Row security of a table that has it.
     *
     * @param hides whether it may hide rows from this role
     * @param policies the policies for this role
     * @param role this role
     */
    record RowSecurity(boolean hides, List<String> policies, String role) {
        public RowSecurity {
            policies = List.copyOf(policies);
        }

        /** Which rows may be left out, and why. */
        public String danger(JobDefinition.Table table) {
            var why = policies.isEmpty() ? "there is no policy for the role" : "policy " + String.join(", ", policies);
            return "row security of " + Identifier.of(table.name()) + " may hide rows from role " + role + " (" + why
                    + "), which would be left out";
        }
    }

    /** Why PostgreSQL rejects setting a column to an expression; nothing if it accepts it. The expression is not evaluated. */
    Optional<Rejection> refusal(JobDefinition.Table table, String column, SqlExpression expression);

    /**
     * Why PostgreSQL rejects giving a column of a copy an expression over the row; nothing if it accepts it. The expression is not
     * evaluated.
     *
     * @param from the table whose rows are copied
     * @param into the table that takes the copies
     */
    Optional<Rejection> refusal(
            JobDefinition.Table from, JobDefinition.Table into, String column, SqlExpression expression);

    /** Why PostgreSQL rejects an expression of a job for one of the columns that it gives values; nothing if it accepts it. */
    default Optional<Rejection> refusal(JobDefinition job, String column, SqlExpression expression) {
        return switch (job.work().kind()) {
            case UPDATE_ROWS, COMPARE_ROWS -> refusal(job.table(), column, expression);
            case COPY_ROWS -> {
                var into = job.copyRows().into();
                yield refusal(
                        job.table(),
                        new JobDefinition.Table(into.oid(), into.schema(), into.name()),
                        column,
                        expression);
            }
        };
    }

    /** What is to be known of a table that is to take copies. */
    TargetState targetState(JobDefinition.Table into, Triggers triggers);

    /** Why PostgreSQL rejects a condition on rows; nothing if it accepts it. The condition is not evaluated. */
    Optional<Rejection> refusal(JobDefinition.Table table, SqlExpression where);

    /**
     * The privileges that this role lacks for a job.
     *
     * @param set the columns that it sets
     * @param names all names in its expressions
     */
    Grants missingGrants(JobDefinition.Table table, List<String> set, Set<String> names);

    /** The USAGE privilege on the table's schema that this role lacks; nothing if it has it, or there is no such schema. */
    Optional<Grants> missingUsage(TableName table);

    /**
     * Statements that give a role what it lacks.
     *
     * @param role the role, quoted where needed
     * @param statements none if only the server knows what it lacks
     */
    record Grants(String role, List<String> statements) {
        public Grants {
            statements = List.copyOf(statements);
        }
    }

    /** Those of some tenants that have no row. */
    List<String> withoutRows(JobDefinition.Table table, Column tenant, List<String> tenants);

    /**
     * What decides in how many passes a job walks.
     *
     * @param changed the columns whose values change
     */
    WalkFacts walkFacts(JobDefinition job, List<JobDefinition.Table> leaves, List<String> changed);

    /** About how many rows some tables have together, from the server's statistics. */
    long rows(List<JobDefinition.Table> leaves);

    /**
     * The objection of PostgreSQL to the statements of a job on a table, or a leaf: each kind of batch is planned, and the first
     * row is changed in a transaction that is rolled back, unless that could have effects outside of the transaction.
     */
    Optional<Objection> objection(JobDefinition job, JobDefinition.Table leaf);

    /**
     * Of the leaves of a table, one of each shape: they differ in columns, constraints, triggers, indexes, rules or privileges.
     * At most twenty.
     */
    List<JobDefinition.Table> shapes(List<JobDefinition.Table> leaves);

    /** Why this role may not suppress triggers; nothing if it may do so. */
    Optional<String> triggerRefusal();

    /** The server's deadlock_timeout. */
    Duration deadlockTimeout();

    /** The rule of a table or a partition that rewrites an UPDATE, in words; nothing if there is none. */
    Optional<String> updateRule(JobDefinition.Table table, Triggers triggers);

    /** The state of a job's table, and of what hangs on it. */
    TableState tableState(PinnedSpec pinned);

    /** Those of some names that are volatile functions, in any schema. */
    Set<String> volatileFunctions(Set<String> names);

    /** The state of the server. */
    ServerState serverState();

    /**
     * The tables that the sub-selects of a job's expressions read from beginning to end, quoted where they must be.
     *
     * @param pages only those that have at least so many pages
     */
    List<String> readInFull(PinnedSpec pinned, long pages);

    /** How PostgreSQL executes a batch of the job on its largest leaf; nothing if there are no rows, or this role may not ask. */
    Optional<BatchPlan> batchPlan(PinnedSpec pinned);

    /** How many of some rows that match the job's condition still match it after the change; nothing if that is not known. */
    Optional<Matching> matching(PinnedSpec pinned);
}
