package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.Priority;
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

    private final Store store;

    /** Creates the action. */
    public ChangeSettings(Store store) {
        this.store = store;
    }

    /** What came of it. */
    public Outcome run(long job, Wanted wanted, String who) {
        return store.change(job, wanted, who);
    }

    /** The longest batch that the server's deadlock timeout permits. */
    public Duration longestBatch() {
        return store.deadlockTimeout().dividedBy(2);
    }

    /**
     * What is to be changed; what is empty stays.
     *
     * @param rate rows per second; an empty limit lifts it
     * @param walRate bytes of WAL per second, likewise
     * @param concurrency slots at once
     * @param batchDuration how long a batch is to take
     * @param priority the share of the slots
     * @param budgetRows how many rows may be in quarantine
     * @param budgetRatio which share of the rows walked may be
     */
    public record Wanted(
            Optional<OptionalLong> rate,
            Optional<OptionalLong> walRate,
            Optional<Integer> concurrency,
            Optional<Duration> batchDuration,
            Optional<Priority> priority,
            Optional<Long> budgetRows,
            Optional<Double> budgetRatio) {

        /** Whether nothing is to be changed. */
        public boolean isNothing() {
            return rate.isEmpty()
                    && walRate.isEmpty()
                    && concurrency.isEmpty()
                    && batchDuration.isEmpty()
                    && priority.isEmpty()
                    && budgetRows.isEmpty()
                    && budgetRatio.isEmpty();
        }
    }

    /**
     * What came of it.
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
        Outcome change(long job, Wanted wanted, String who);

        /** After how long a lock wait the server looks for a deadlock. */
        Duration deadlockTimeout();
    }
}
