package dev.backfleet.coordinator.operation.quarantine;

import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.BUSY;
import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.CHANGED;
import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.GONE;
import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.NO_NEED;
import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.REFUSED;
import static dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict.TENANT_PAUSED;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Outcome;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Retries the rows of a job in quarantine, if its state permits; with new expressions, if some are given. */
public final class RetryQuarantine {
    /** Not PAUSED: somebody wants no row of the job to change. A HALTED job has stopped itself. */
    private static final Set<JobState> PERMITTED =
            EnumSet.of(JobState.RUNNING, JobState.HALTED, JobState.SUCCEEDED, JobState.FAILED);

    private final Lookup lookup;
    private final Quarantine quarantine;
    private final ReplaceExpressions expressions;
    private final Sleeper sleeper;

    public RetryQuarantine(Lookup lookup, Quarantine quarantine, ReplaceExpressions expressions, Sleeper sleeper) {
        this.lookup = lookup;
        this.quarantine = quarantine;
        this.expressions = expressions;
        this.sleeper = sleeper;
    }

    /**
     * Retries rows until all were retried, or until no row may be changed any more.
     *
     * @param job its id or name
     * @param key only the row with this key, a value for each key column; nothing: all
     * @param set expressions of columns to replace before the retry, for the whole job, so without a key; empty: keep
     *     them
     * @throws OperationRefused NOT_FOUND; INVALID if both a key and expressions are given, the job only compares rows, the key does not fit
     *     the job's key columns or no row has it, or an expression is rejected; NOT_NOW if the job or the fleet is paused, also if it was paused during the retry: then the
     *     message has the counts so far; NOT_NOW if the job is HALTED and its table does not match its snapshot; CONFLICT if
     *     the job was cancelled, or PostgreSQL rejects the statement for any row
     * @throws InterruptedException if the thread is interrupted, between two rows
     */
    public Retried run(Actor actor, String job, Optional<List<String>> key, Map<Identifier, SqlExpression> set)
            throws InterruptedException {
        if (key.isPresent() && !set.isEmpty()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "--key chooses one row, and --set replaces the expression for every row of " + job
                            + ": they cannot be combined",
                    "leave --key out to retry all rows with the new expression, or correct the row's data and retry it by"
                            + " --key alone");
        }
        var id = lookup.job(job);
        key.ifPresent(values -> RowKey.requireFits(job, quarantine.keyColumns(id), values));
        requirePermitted(job, quarantine.standing(id), set);
        if (quarantine.numbers(id, key).isEmpty()) {
            key.ifPresent(values -> {
                throw RowKey.noSuchRow(job, values);
            });
        }
        if (!set.isEmpty()) {
            expressions.replace(actor, id, set);
        }
        var outcome = retry(job, id, quarantine.begin(id, key, actor));
        var counts = counts(id, outcome, lookup.state(id));
        outcome.obstacle().ifPresent(obstacle -> {
            throw new OperationRefused(
                    Code.NOT_NOW, why(job, id, obstacle) + " (before that: " + counts.words() + ")", null);
        });
        return counts;
    }

    /** Checks early what the statement of each row checks again. */
    private static void requirePermitted(String job, Standing standing, Map<Identifier, SqlExpression> replaced) {
        var state = standing.state;
        if (!standing.changesRows) {
            throw new OperationRefused(
                    Code.INVALID,
                    "job " + job + " compares rows and changes none: there is nothing to retry;",
                    "fix the expression or the rows, then 'backfleet reconcile' again");
        }
        if (!PERMITTED.contains(state)) {
            throw new OperationRefused(
                    state.isTerminal() ? Code.CONFLICT : Code.NOT_NOW,
                    "job " + job + " is " + state + ": its rows are not changed",
                    state == JobState.PAUSED ? howToResume(job, !replaced.isEmpty()) : null);
        }
        if (!standing.differences.isEmpty()) {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "job " + job + " is HALTED, and its table does not match the job's snapshot: "
                            + String.join("; ", standing.differences),
                    null);
        }
        if (standing.fleetPaused) {
            throw new OperationRefused(
                    Code.NOT_NOW, "the fleet is paused: no row is changed", "'backfleet resume' resumes it");
        }
    }

    private static String howToResume(String job, boolean replaces) {
        var resume = "'backfleet resume " + job + "' resumes it";
        return replaces
                ? resume + ", then repeat the command; --set without --retry replaces the expression now"
                : resume;
    }

    private Outcome retry(String job, long id, List<Long> numbers) throws InterruptedException {
        try {
            return quarantine.retrying(id, rows -> new RetryRows(rows, sleeper).run(numbers));
        } catch (RetryRefusedException e) {
            throw new OperationRefused(
                    Code.CONFLICT, "PostgreSQL rejects the retry of rows of " + job + ": " + e.getMessage(), null, e);
        }
    }

    private String why(String job, long id, Verdict obstacle) {
        return switch (obstacle) {
            case FLEET_PAUSED -> "the fleet was paused in the meantime";
            case TABLE_CHANGED -> "the table of " + job + " no longer matches the job's snapshot";
            case JOB_NOT_RUNNING -> {
                var state = lookup.state(id);
                yield switch (state) {
                    case RUNNING -> "the throttle has stopped " + job + ", or it is outside of its time window";
                    case HALTED ->
                        "job " + job + " is HALTED, and outside of its time window, or paused, or its table no"
                                + " longer matches the job's snapshot";
                    default -> "job " + job + " is " + state + " now";
                };
            }
            case CHANGED, NO_NEED, REFUSED, TENANT_PAUSED, BUSY, GONE ->
                throw new IllegalStateException(obstacle + " does not end a retry");
        };
    }

    private static Retried counts(long job, Outcome outcome, JobState state) {
        return new Retried(
                job,
                outcome.count(CHANGED),
                outcome.count(NO_NEED) + outcome.count(GONE),
                outcome.count(REFUSED),
                outcome.count(TENANT_PAUSED),
                outcome.count(BUSY),
                state);
    }

    /**
     * How many rows had which result, in the order of the JSON output.
     *
     * @param id the job's id
     * @param changed were changed
     * @param noNeed were deleted, or no longer need the change
     * @param refused were rejected again
     * @param tenantPaused are of paused tenants
     * @param busy are locked by the application
     * @param state the job's state after the retry, which does not resume it
     */
    public record Retried(long id, int changed, int noNeed, int refused, int tenantPaused, int busy, JobState state) {

        /** How many were retried. */
        public int retried() {
            return changed + noNeed + stay();
        }

        /** How many stay in quarantine. */
        public int stay() {
            return refused + tenantPaused + busy;
        }

        /** The counts in words. */
        public String words() {
            var text = new StringBuilder(HumanText.number(changed) + " changed");
            append(text, noNeed, "without need for it");
            append(text, refused, "rejected again");
            append(text, tenantPaused, "of paused tenants");
            append(text, busy, "locked by others");
            return text.toString();
        }

        private static void append(StringBuilder text, int count, String what) {
            if (count > 0) {
                text.append(", ").append(HumanText.number(count)).append(' ').append(what);
            }
        }
    }

    /**
     * The states that decide whether rows of a job may be changed.
     *
     * @param fleetPaused whether the whole fleet is paused
     * @param differences of a HALTED job: what prevents it from being resumed, in words
     * @param changesRows whether its work changes rows, so that a rejected one can be changed later
     */
    public record Standing(JobState state, boolean fleetPaused, List<String> differences, boolean changesRows) {
        public Standing {
            differences = List.copyOf(differences);
        }
    }

    /** Work on a job's rows in one session. */
    @FunctionalInterface
    public interface Work {
        Outcome with(RetryRows.Rows rows) throws InterruptedException;
    }

    /** PostgreSQL rejects the statement for any row. */
    public static final class RetryRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** With the SQLSTATE and words that hold no value of a row. */
        public RetryRefusedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The rows in quarantine. */
    public interface Quarantine {
        /** The columns of a job's key. */
        List<String> keyColumns(long job);

        /** The states that decide whether rows of a job may be changed. */
        Standing standing(long job);

        /** The numbers of a job's rows, or of those with a key. */
        List<Long> numbers(long job, Optional<List<String>> key);

        /** The same, and audits the retry in the same transaction. */
        List<Long> begin(long job, Optional<List<String>> key, Actor actor);

        /**
         * Retries rows of a job as it is now defined.
         *
         * @throws RetryRefusedException if PostgreSQL rejects the statement for any row
         */
        Outcome retrying(long job, Work work) throws InterruptedException;
    }
}
