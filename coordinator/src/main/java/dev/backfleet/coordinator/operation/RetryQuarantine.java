package dev.backfleet.coordinator.operation;

import static dev.backfleet.coordinator.operation.RetryRows.Verdict.BUSY;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.CHANGED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.GONE;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.NO_NEED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.REFUSED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.TENANT_PAUSED;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.RetryRows.Outcome;
import dev.backfleet.coordinator.operation.RetryRows.Verdict;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Retries the rows of a job that are in quarantine, if it may be; with other expressions, if some are given. */
public final class RetryQuarantine {
    private static final Set<JobState> PERMITTED = EnumSet.of(JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED);

    private final Lookup lookup;
    private final Quarantine quarantine;
    private final ReplaceExpressions expressions;
    private final Sleeper sleeper;

    /** Over the rows in quarantine. */
    public RetryQuarantine(Lookup lookup, Quarantine quarantine, ReplaceExpressions expressions, Sleeper sleeper) {
        this.lookup = lookup;
        this.quarantine = quarantine;
        this.expressions = expressions;
        this.sleeper = sleeper;
    }

    /**
     * Retries rows until there is none left or none may be changed any more.
     *
     * @param job its id or name
     * @param key only the row with this key, a value for each key column; nothing: all
     * @param set what columns are set to from now on, replaced before; empty: as it was
     * @throws OperationRefused NOT_FOUND; INVALID if the key is none of the job's or no row has it, or an expression is
     *     refused; NOT_NOW if the job or the fleet is to stand still, also if that came about while rows were retried: then
     *     it says how far it went; CONFLICT if the job was cancelled, or PostgreSQL refuses the statement whatever the row
     * @throws InterruptedException if the thread is interrupted, between two rows
     */
    public Retried run(Actor actor, String job, Optional<List<String>> key, Map<Identifier, SqlExpression> set)
            throws InterruptedException {
        var id = lookup.job(job);
        key.ifPresent(values -> DropRows.requireKey(job, quarantine.keyColumns(id), values));
        requirePermitted(job, quarantine.standing(id));
        if (quarantine.numbers(id, key).isEmpty()) {
            key.ifPresent(values -> {
                throw DropRows.noSuchRow(job, values);
            });
        }
        if (!set.isEmpty()) {
            expressions.replace(actor, id, set);
        }
        var outcome = retry(job, id, quarantine.begin(id, key, actor));
        var counts = counts(id, outcome);
        outcome.obstacle().ifPresent(obstacle -> {
            throw new OperationRefused(
                    Code.NOT_NOW, why(job, id, obstacle) + " (before that: " + counts.words() + ")", null);
        });
        return counts;
    }

    /** What each row's statement makes sure of, told before anything is done. */
    private static void requirePermitted(String job, Standing standing) {
        var state = standing.state;
        if (!PERMITTED.contains(state)) {
            var resumable = state == JobState.PAUSED || state == JobState.HALTED;
            throw new OperationRefused(
                    state.isTerminal() ? Code.CONFLICT : Code.NOT_NOW,
                    "job " + job + " is " + state + ": no row of it is changed",
                    resumable ? "'backfleet resume " + job + "' lets it go on" : null);
        }
        if (standing.fleetPaused) {
            throw new OperationRefused(
                    Code.NOT_NOW, "the fleet is paused: no row is changed", "'backfleet resume' lets it go on");
        }
    }

    private Outcome retry(String job, long id, List<Long> numbers) throws InterruptedException {
        try {
            return quarantine.retrying(id, rows -> new RetryRows(rows, sleeper).run(numbers));
        } catch (RetryRefusedException e) {
            throw new OperationRefused(
                    Code.CONFLICT, "PostgreSQL refuses to retry rows of " + job + ": " + e.getMessage(), null, e);
        }
    }

    private String why(String job, long id, Verdict obstacle) {
        return switch (obstacle) {
            case FLEET_STANDS_STILL -> "the fleet was paused meanwhile";
            case TABLE_CHANGED -> "the table of " + job + " is no longer the one that it is pinned to";
            case JOB_STANDS_STILL -> {
                var state = lookup.state(id);
                yield state == JobState.RUNNING
                        ? "the throttle has stopped " + job + ", or it is outside of its time window"
                        : "job " + job + " is " + state + " now";
            }
            case CHANGED, NO_NEED, REFUSED, TENANT_PAUSED, BUSY, GONE ->
                throw new IllegalStateException(obstacle + " ends nothing");
        };
    }

    private static Retried counts(long job, Outcome outcome) {
        return new Retried(
                job,
                outcome.count(CHANGED),
                outcome.count(NO_NEED) + outcome.count(GONE),
                outcome.count(REFUSED),
                outcome.count(TENANT_PAUSED),
                outcome.count(BUSY));
    }

    /**
     * How many rows fared how, in the order in which programs get it as JSON.
     *
     * @param id the job's id
     * @param changed were changed
     * @param noNeed were deleted, or do not need the change any more
     * @param refused are refused again
     * @param tenantPaused are of paused tenants
     * @param busy are held by the application
     */
    public record Retried(long id, int changed, int noNeed, int refused, int tenantPaused, int busy) {

        /** How many stay in quarantine. */
        public int stay() {
            return refused + tenantPaused + busy;
        }

        /** The same for a person. */
        public String words() {
            var text = new StringBuilder(HumanText.number(changed) + " changed");
            append(text, noNeed, "without need of it");
            append(text, refused, "refused again");
            append(text, tenantPaused, "of paused tenants");
            append(text, busy, "held by others");
            return text.toString();
        }

        private static void append(StringBuilder text, int count, String what) {
            if (count > 0) {
                text.append(", ").append(HumanText.number(count)).append(' ').append(what);
            }
        }
    }

    /**
     * What decides whether rows of a job may be changed.
     *
     * @param fleetPaused whether the whole fleet is to stand still
     */
    public record Standing(JobState state, boolean fleetPaused) {}

    /** What is done with a job's rows in one session. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        Outcome with(RetryRows.Rows rows) throws InterruptedException;
    }

    /** PostgreSQL refuses the statement, whatever the row. */
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

        /** What decides whether rows of a job may be changed. */
        Standing standing(long job);

        /** The numbers of a job's rows, or of those with a key. */
        List<Long> numbers(long job, Optional<List<String>> key);

        /** The same, and that they are about to be retried is audited, in one transaction. */
        List<Long> begin(long job, Optional<List<String>> key, Actor actor);

        /**
         * Retries rows of a job as it is now defined.
         *
         * @throws RetryRefusedException if PostgreSQL refuses the statement, whatever the row
         */
        Outcome retrying(long job, Work work) throws InterruptedException;
    }
}
