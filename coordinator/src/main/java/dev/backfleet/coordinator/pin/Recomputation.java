package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the change of a job can be computed again after it, to compare rows with it. An expression can be if it reads no column that
 * the job sets, and gives the same value each time.
 */
public final class Recomputation {
    /** Functions and keywords that give the time of the transaction or of the statement. */
    public static final Set<String> TIMES = Set.of(
            "now",
            "transaction_timestamp",
            "statement_timestamp",
            "current_timestamp",
            "current_date",
            "current_time",
            "localtime",
            "localtimestamp");

    private static final Set<String> TRANSACTIONS =
            Set.of("txid_current", "txid_current_snapshot", "pg_current_xact_id", "pg_current_snapshot");

    // System columns that have another value for each version of a row; no column of a person can have such a name.
    private static final Set<String> OF_THE_VERSION = Set.of("ctid", "xmin", "xmax", "cmin", "cmax");

    private final JobDefinition job;
    private final Set<String> columns;
    private final Set<String> volatiles;

    private Recomputation(JobDefinition job, Set<String> columns, Set<String> volatiles) {
        this.job = job;
        this.columns = Set.copyOf(columns);
        this.volatiles = Set.copyOf(volatiles);
    }

    /**
     * Of a job that updates rows.
     *
     * @param columns the names of the table's columns
     */
    public static Recomputation of(Catalog catalog, JobDefinition job, Set<String> columns) {
        var names = new LinkedHashSet<String>();
        job.work().expressions().forEach(expression -> names.addAll(expression.names()));
        return new Recomputation(job, columns, catalog.volatileFunctions(names));
    }

    /** Why it cannot be computed again, as a clause; nothing if it can. */
    public Optional<String> obstacle() {
        return job.work().set().stream().flatMap(set -> obstacle(set).stream()).findFirst();
    }

    /** Why the value of one column cannot be computed again, as a clause; nothing if it can. */
    public Optional<String> obstacle(Assignment set) {
        var column = Identifier.of(set.column());
        var parsed = SqlExpression.parse(set.expression());
        var names = parsed.names();
        if (parsed.values().contains(job.table().name())) {
            return Optional.of(
                    "the expression of " + column + " reads the whole row, and with it what the job itself sets");
        }
        var read = job.work().columns().stream().filter(names::contains).findFirst();
        if (read.isPresent()) {
            return Optional.of("the expression of " + column + " reads " + Identifier.of(read.get())
                    + ", which the job itself sets");
        }
        var system = names.stream().filter(OF_THE_VERSION::contains).findFirst();
        if (system.isPresent()) {
            return Optional.of("the expression of " + column + " reads " + system.get()
                    + ", which the change of the row changes as well");
        }
        return names.stream()
                .filter(name -> !columns.contains(name))
                .filter(name -> isOfTheMoment(name) || volatiles.contains(name))
                .findFirst()
                .map(name -> "the expression of " + column + " calls " + name + ", which gives "
                        + (isOfTheMoment(name)
                                ? "another value at another time"
                                : "another value with each call (it is volatile)"));
    }

    /**
     * A function that an expression calls and that gives another value at another time or with each call; nothing if there is none.
     *
     * @param columns the names of the table's columns
     */
    static Optional<String> changing(Catalog catalog, SqlExpression expression, Set<String> columns) {
        var names = new LinkedHashSet<>(expression.names());
        names.removeAll(columns);
        var volatiles = catalog.volatileFunctions(names);
        return names.stream()
                .filter(name -> isOfTheMoment(name) || volatiles.contains(name))
                .findFirst();
    }

    // The value is another one with each transaction, though PostgreSQL does not call the function volatile.
    private static boolean isOfTheMoment(String name) {
        return TIMES.contains(name) || TRANSACTIONS.contains(name);
    }
}
