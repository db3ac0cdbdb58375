package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Changes what holds for a job while it runs, with or without a coordinator: workers read it from PostgreSQL with every
 * batch. Each change is written into the audit together with it.
 */
public final class ChangeSettings {

    /** The states in which a change makes a difference. */
    public static final Set<JobState> CHANGEABLE =
            Set.of(JobState.PLANNING, JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED);

    private final Lookup lookup;
    private final Store store;

    /** Over the jobs' settings. */
    public ChangeSettings(Lookup lookup, Store store) {
        this.lookup = lookup;
        this.store = store;
    }

    /**
     * Changes settings.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; INVALID if nothing is to be changed, or a batch would take too long for the server;
     *     CONFLICT if the job is over
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
                    "job " + job + " is " + outcome.state() + ": nothing of it can be set any more",
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
                        + "--error-budget-rows or --error-budget-ratio");
    }

    // A batch must be over before the server looks for a deadlock.
    private void requireShort(Duration wanted) {
        var longest = store.deadlockTimeout().dividedBy(2);
        if (wanted.compareTo(longest) > 0) {
            throw new OperationRefused(
                    Code.INVALID,
                    "--batch-duration: " + HumanDuration.format(wanted)
                            + " is too long for this server: a batch must be over before deadlock_timeout",
                    "write at most " + HumanDuration.format(longest));
        }
    }

    /**
     * What is to be changed; what is empty stays.
     *
     * @param rate rows per second; an empty limit lifts it
     * @param walRate bytes of WAL per second, likewise
     * @param concurrency slots at once
     * @param batchDuration how long a batch is to take
     * @param rowTimeout how long one row alone may take
     * @param priority the share of the slots
     * @param budgetRows how many rows may be in quarantine
     * @param budgetRatio which share of the rows walked may be
     */
    public record Wanted(
            Optional<OptionalLong> rate,
            Optional<OptionalLong> walRate,
            Optional<Integer> concurrency,
            Optional<Duration> batchDuration,
            Optional<Duration> rowTimeout,
            Optional<Priority> priority,
            Optional<Long> budgetRows,
            Optional<Double> budgetRatio) {

        /** Whether nothing is to be changed. */
        public boolean isNothing() {
            return rate.isEmpty()
                    && walRate.isEmpty()
                    && concurrency.isEmpty()
                    && batchDuration.isEmpty()
                    && rowTimeout.isEmpty()
                    && priority.isEmpty()
                    && budgetRows.isEmpty()
                    && budgetRatio.isEmpty();
        }
    }

    /**
     * What was changed, in the order in which programs get it as JSON.
     *
     * @param id the job's id
     * @param changes what was changed, from what to what; what had the value already is not among them
     */
    public record Changed(long id, List<Change> changes) {
        /** Copies the list. */
        public Changed {
            changes = List.copyOf(changes);
        }
    }

    /**
     * What the store did.
     *
     * @param state the job's state; nothing was changed if it is none of {@link #CHANGEABLE}
     * @param changes what was changed, from what to what; what had the value already is not among them
     */
    public record Outcome(JobState state, List<Change> changes) {
        /** Copies the list. */
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

    /** The jobs' settings, as they are stored. */
    public interface Store {
        /** Changes and audits in one transaction, if the job is {@link #CHANGEABLE}. */
        Outcome change(long job, Wanted wanted, Actor actor);

        /** After how long a lock wait the server looks for a deadlock. */
        Duration deadlockTimeout();
    }
}
