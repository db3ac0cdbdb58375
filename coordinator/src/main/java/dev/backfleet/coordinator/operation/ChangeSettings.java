package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Changes the settings of a job while it runs, with or without a coordinator: workers read them from PostgreSQL with every
 * batch. Each change is audited in the same transaction.
 */
public final class ChangeSettings {

    /** The states in which a change makes a difference. */
    public static final Set<JobState> CHANGEABLE =
            Set.of(JobState.PLANNING, JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED);

    private final Lookup lookup;
    private final Store store;

    public ChangeSettings(Lookup lookup, Store store) {
        this.lookup = lookup;
        this.store = store;
    }

    /**
     * Changes settings.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; INVALID if nothing is to be changed, or a batch would take too long for the server;
     *     CONFLICT if the job has ended
     */
    public Changed run(Actor actor, String job, Wanted wanted) {
        if (wanted.isNothing()) {
            throw nothing();
        }
        var id = lookup.job(job);
        wanted.batchDuration().ifPresent(this::requireShort);
        var outcome = store.change(id, wanted, actor);
        if (!CHANGEABLE.contains(outcome.state())) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "job " + job + " is " + outcome.state() + ": its settings can no longer be changed",
                    null);
        }
        return new Changed(id, outcome.changes());
    }

    /** The refusal of a change of nothing. */
    public static OperationRefused nothing() {
        return new OperationRefused(
                Code.INVALID,
                "nothing to set",
                "give --rate, --wal-rate, --concurrency, --batch-duration, --row-timeout, --priority, "
                        + "--error-budget-rows, --error-budget-ratio, --window or --deadline");
    }

    // A batch must end before the server searches for a deadlock.
    private void requireShort(Duration wanted) {
        var longest = store.deadlockTimeout().dividedBy(2);
        if (wanted.compareTo(longest) > 0) {
            throw new OperationRefused(
                    Code.INVALID,
                    "--batch-duration: " + HumanDuration.format(wanted)
                            + " is too long for this server: a batch must end before deadlock_timeout",
                    "write at most " + HumanDuration.format(longest));
        }
    }

    /**
     * The settings to change; empty ones stay.
     *
     * @param rate rows per second; an empty limit lifts it
     * @param walRate bytes of WAL per second, likewise
     * @param concurrency slots at once
     * @param batchDuration how long a batch is to take
     * @param rowTimeout how long one row alone may take
     * @param priority the share of the slots
     * @param budgetRows how many rows may be in quarantine
     * @param budgetRatio which share of the scanned rows may be in quarantine
     * @param window when the job may run; an empty window: always
     * @param deadline by when the job is to be done; an empty one: none
     */
    public record Wanted(
            Optional<OptionalLong> rate,
            Optional<OptionalLong> walRate,
            Optional<Integer> concurrency,
            Optional<Duration> batchDuration,
            Optional<Duration> rowTimeout,
            Optional<Priority> priority,
            Optional<Long> budgetRows,
            Optional<Double> budgetRatio,
            Optional<Optional<TimeWindow>> window,
            Optional<Optional<Instant>> deadline) {

        /** Whether nothing is to be changed. */
        public boolean isNothing() {
            return rate.isEmpty()
                    && walRate.isEmpty()
                    && concurrency.isEmpty()
                    && batchDuration.isEmpty()
                    && rowTimeout.isEmpty()
                    && priority.isEmpty()
                    && budgetRows.isEmpty()
                    && budgetRatio.isEmpty()
                    && window.isEmpty()
                    && deadline.isEmpty();
        }
    }

    /**
     * The result, in the order of the JSON output.
     *
     * @param id the job's id
     * @param changes the changed settings; without those that had the value already
     */
    public record Changed(long id, List<Change> changes) {
        public Changed {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The result of the store.
     *
     * @param state the job's state; nothing was changed if it is none of {@link #CHANGEABLE}
     * @param changes the changed settings; without those that had the value already
     */
    public record Outcome(JobState state, List<Change> changes) {
        public Outcome {
            changes = List.copyOf(changes);
        }
    }

    /**
     * One setting that was changed, its values as a person would write them.
     *
     * @param setting the option's name
     * @param before what held
     * @param now what holds
     */
    public record Change(String setting, String before, String now) {}

    /** The stored settings of jobs. */
    public interface Store {
        /** Changes and audits in one transaction, if the job is {@link #CHANGEABLE}. */
        Outcome change(long job, Wanted wanted, Actor actor);

        /** The server's deadlock_timeout. */
        Duration deadlockTimeout();
    }
}
