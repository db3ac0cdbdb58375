package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.throttle.Measure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is to be said of a job, in the order in which programs get it as JSON; names and order are an interface.
 *
 * @param table the table as a person would write it
 * @param percent how much was walked; below 100 until the job has SUCCEEDED
 * @param etaSeconds how long it will take at today's pace; null if that is not known
 * @param startedAt when it was RUNNING for the first time
 * @param finishedAt when it was over; null also while it is HALTED, since it can still be cancelled
 * @param error why it FAILED or HALTED
 * @param reason who or what paused or cancelled it, and why
 * @param workers how many workers hold shards of it
 * @param fleetPaused whether it stands still because the whole fleet is to
 * @param throttle what holds it back, and has so far
 * @param lastBatchAt when a batch was committed last, by the database's clock
 * @param settings what holds for it beside the rate
 * @param window when it may run; null: always
 * @param pausedTenants how many of its tenants somebody wants to stand still
 * @param wave where its rollout stands; null if it has none
 * @param trouble what it paused itself for; null if it did not
 * @param findings what a person should know of it beside its state
 */
public record JobStatus(
        long id,
        String name,
        String table,
        JobState state,
        Rows rows,
        double percent,
        Shards shards,
        Rate rate,
        @Nullable Long etaSeconds,
        Instant submittedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String error,
        @Nullable String reason,
        int workers,
        boolean fleetPaused,
        Throttled throttle,
        @Nullable Instant lastBatchAt,
        Settings settings,
        @Nullable Window window,
        int pausedTenants,
        @Nullable WaveStatus wave,
        @Nullable Troubled trouble,
        Findings findings) {

    /** Whether nothing more happens by itself: it is over, or it HALTED. */
    public boolean atRest() {
        return state.isTerminal() || state == JobState.HALTED;
    }

    /**
     * The rows.
     *
     * @param estimated how many rows the plan counts on; null before there is one
     * @param changed how many were changed
     * @param walked how many were looked at, changed or not
     * @param quarantined how many the database refuses to change: they are put aside, and missing
     */
    public record Rows(@Nullable Long estimated, long changed, long walked, long quarantined) {}

    /**
     * What the throttle does to the job.
     *
     * @param factor how much of its speed it may use, from 0 to 1
     * @param signal what holds it back; null if nothing does
     * @param value of the signal, in its unit; null if it cannot be read
     * @param threshold that was exceeded
     * @param unit seconds, bytes, bytes per second, percent, or a number
     * @param level whether the signal is CALM again, above its SOFT threshold or at its HARD one
     * @param note why it cannot be read, or what was answered
     * @param costSeconds for each signal the seconds of work at full speed that it has cost so far
     */
    public record Throttled(
            double factor,
            @Nullable String signal,
            @Nullable Double value,
            @Nullable Double threshold,
            @Nullable Measure unit,
            @Nullable String level,
            @Nullable String note,
            Map<String, Double> costSeconds) {

        /** Nothing holds the job back, and nothing has. */
        public static final Throttled NOT = new Throttled(1, null, null, null, null, null, null, Map.of());

        public Throttled {
            costSeconds = Map.copyOf(costSeconds);
        }
    }

    /** How many shards there are, in all and in each state. */
    public record Shards(int total, int pending, int dispatched, int running, int done, int failed) {}

    /**
     * What holds for it beside the rate.
     *
     * @param concurrency slots that it may use at once
     * @param batchDuration how long a batch is to take, as in a spec
     * @param walBytesPerSecond the most WAL that the fleet may write; null: no limit
     * @param priority its share of the slots: low, normal or high
     * @param triggers what becomes of the table's triggers: fire or suppress
     * @param errorBudgetRows how many rows may be in quarantine
     * @param errorBudgetRatio and which share of the rows walked, as in a spec
     */
    public record Settings(
            int concurrency,
            String batchDuration,
            @Nullable Long walBytesPerSecond,
            String priority,
            String triggers,
            long errorBudgetRows,
            String errorBudgetRatio) {}

    /**
     * When it may run.
     *
     * @param between the window, as a person would write it
     * @param zone whose clock is meant
     * @param open whether it is open now
     * @param opensAt when it has opened, or opens next
     * @param closesAt when that opening ends
     */
    public record Window(String between, String zone, boolean open, Instant opensAt, Instant closesAt) {}

    /**
     * Rows per second.
     *
     * @param limit the most that the whole fleet may change; null: no limit
     * @param current what it changes now, over about ten seconds; null if nobody measures it
     */
    public record Rate(@Nullable Long limit, @Nullable Long current) {}

    /**
     * What a job paused itself for.
     *
     * @param code the SQLSTATE
     * @param nextLookAt when the leading coordinator sees whether it may go on by itself; null: it takes a person
     */
    public record Troubled(String code, @Nullable Instant nextLookAt) {}

    /**
     * What a person should know of a job beside its state.
     *
     * @param notes sentences, the oldest first: triggers that do not fire, partitions that came or went, what fails for it
     * @param unchanged rows that were neither changed nor quarantined because of a trigger; null: none, or not known
     * @param matching rows of its range that still need the change, at least; null: nobody has looked
     */
    public record Findings(
            List<String> notes,
            @Nullable Long unchanged,
            @Nullable Long matching) {
        /** There is nothing to know. */
        public static final Findings NONE = new Findings(List.of(), null, null);

        public Findings {
            notes = List.copyOf(notes);
        }

        /** How many rows the job has left out though it was to change them. */
        public long leftOut() {
            return Math.max(unchanged == null ? 0 : unchanged, matching == null ? 0 : matching);
        }
    }
}
