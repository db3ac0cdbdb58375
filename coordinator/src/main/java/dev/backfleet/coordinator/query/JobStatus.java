package dev.backfleet.coordinator.query;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.throttle.ThrottlePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The status of a job, in the order of the JSON output; names and order are an interface.
 *
 * @param table the table, quoted where needed
 * @param percent the share of scanned rows; below 100 until the job has SUCCEEDED
 * @param etaSeconds the remaining time, if the last hour is typical; null if it is not known
 * @param etaRange within which limits it probably is; null if it is not known
 * @param etaNote why it is not known; null if it is, and when the job has finished
 * @param startedAt when it was first RUNNING
 * @param finishedAt when it finished; null also while it is HALTED, since it can still be resumed or cancelled
 * @param error why it is FAILED or HALTED
 * @param reason who or what paused or cancelled it, and why
 * @param workers how many workers work on its shards
 * @param fleetPaused whether it is stopped because the fleet is paused
 * @param throttle its throttle, and what the throttle has cost
 * @param lastBatchAt when the last batch was committed, by the database's clock
 * @param settings its settings except the rate
 * @param window when it may run; null: always
 * @param pausedTenants how many of its tenants are paused
 * @param wave the state of its rollout; null if it has none
 * @param trouble the failure for which it paused itself; null if it did not
 * @param findings remarks beside its state
 * @param activity what it does now
 * @param time where its time went
 * @param deadline by when it is to be done; null: its spec does not say
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
        @Nullable EtaRange etaRange,
        @Nullable String etaNote,
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
        Findings findings,
        Activity activity,
        JobTime time,
        @Nullable Instant deadline) {

    /** A job that moves commits a batch within this time. */
    private static final Duration MOVES_WITHIN = Duration.ofSeconds(10);

    /** Whether nothing more happens by itself: it has finished, or is HALTED. */
    public boolean atRest() {
        return state.isTerminal() || state == JobState.HALTED;
    }

    /** Whether it is to move: it is being planned, runs, or is about to stop. */
    public boolean toAdvance() {
        return switch (state) {
            case PLANNING, RUNNING, PAUSING, CANCELLING -> true;
            case PAUSED, CANCELLED, SUCCEEDED, FAILED, HALTED -> false;
        };
    }

    /**
     * Since when no batch was committed although it is RUNNING and has open shards; nothing if that is not long. When it was
     * resumed counts as a batch.
     */
    public Optional<Instant> standsStillSince(Instant now) {
        if (state != JobState.RUNNING || shards.done() + shards.failed() == shards.total()) {
            return Optional.empty();
        }
        return Stream.of(lastBatchAt, startedAt, activity.resumedAt())
                .flatMap(Stream::ofNullable)
                .max(Comparator.naturalOrder())
                .filter(since -> Duration.between(since, now).compareTo(MOVES_WITHIN) > 0);
    }

    /** Rows changed per second from its submission to its end, without the time in which it was idle; nothing before its end. */
    public OptionalLong averageRate() {
        if (startedAt == null || finishedAt == null) {
            return OptionalLong.empty();
        }
        var since = time.since();
        var begin = since == null ? startedAt : since;
        // What is not booked yet was not idle: the job has just ended.
        var busy = Duration.between(begin, finishedAt).toMillis() - Math.round(time.idle() * 1000);
        return OptionalLong.of(rows.changed() * 1000 / Math.max(1, busy));
    }

    /** Whether one of its shards does not advance because others hold locks, as its worker has noted. */
    public boolean meetsLocks() {
        return state == JobState.RUNNING
                && findings.notes().stream()
                        .anyMatch(note -> note.contains(" with " + SqlStateCodes.LOCK_NOT_AVAILABLE + ": "));
    }

    /**
     * What a job does now.
     *
     * @param resumedAt when it, or the fleet, was last resumed by somebody; null if neither was
     * @param oldestTaskAt when the oldest task was published that no worker has taken; null if there is none
     */
    public record Activity(
            @Nullable Instant resumedAt, @Nullable Instant oldestTaskAt) {
        /** No task waits, and nobody has resumed it. */
        public static final Activity NONE = new Activity(null, null);
    }

    /**
     * The rows.
     *
     * @param estimated the estimate of planning; null before that
     * @param changed how many were changed; of a job that compares rows, how many were compared
     * @param walked how many were scanned, changed or not
     * @param quarantined how many were rejected by PostgreSQL, and are not changed
     * @param dismissed how many of those a person has dismissed: they stay unchanged, and are no longer in quarantine
     */
    public record Rows(@Nullable Long estimated, long changed, long walked, long quarantined, long dismissed) {}

    /**
     * The throttle of a job.
     *
     * @param factor how much of its speed it may use, from 0 to 1
     * @param signal the signal that throttles it; null if none does
     * @param value of the signal, in its unit; null if it cannot be read
     * @param threshold that was exceeded
     * @param unit seconds, bytes, bytes per second, percent, or a number
     * @param level whether the signal is CALM again, above its SOFT threshold or at its HARD one
     * @param note why it cannot be read, the answer, or who holds or waits for a lock
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

        /** The job is not throttled, and was never throttled. */
        public static final Throttled NOT = new Throttled(1, null, null, null, null, null, null, Map.of());

        public Throttled {
            costSeconds = Map.copyOf(costSeconds);
        }

        /** Whether the signal is so far below its threshold that the factor grows to 1, if nothing else comes. */
        public boolean recovers() {
            return factor < 1
                    && signal != null
                    && "CALM".equals(level)
                    && value != null
                    && threshold != null
                    && value <= ThrottlePolicy.FULL_STEP_BELOW * threshold;
        }
    }

    /** The number of shards, in total and by state. */
    public record Shards(int total, int pending, int dispatched, int running, int done, int failed) {}

    /**
     * The settings except the rate.
     *
     * @param concurrency slots that it may use at once
     * @param batchDuration how long a batch should take, as in a spec
     * @param walBytesPerSecond the most WAL that the fleet may write; null: no limit
     * @param priority its share of the slots: low, normal or high
     * @param triggers whether the table's triggers fire: fire or suppress; none for a job that changes no row
     * @param errorBudgetRows how many rows may be in quarantine
     * @param errorBudgetRatio and which share of the scanned rows, as in a spec
     */
    public record Settings(
            int concurrency,
            String batchDuration,
            @Nullable Long walBytesPerSecond,
            String priority,
            String triggers,
            long errorBudgetRows,
            String errorBudgetRatio) {

        /** Whether the job changes rows; otherwise it compares them. */
        public boolean changesRows() {
            return !triggers.equals("none");
        }
    }

    /**
     * When it may run.
     *
     * @param between the window, as in a spec
     * @param zone its time zone
     * @param open whether it is open now
     * @param opensAt when it has opened, or opens next
     * @param closesAt when that opening ends
     */
    public record Window(String between, String zone, boolean open, Instant opensAt, Instant closesAt) {}

    /**
     * Rows per second.
     *
     * @param limit the most that the whole fleet may change; null: no limit
     * @param current what it changes now, measured over about ten seconds; null if it is not measured
     */
    public record Rate(@Nullable Long limit, @Nullable Long current) {}

    /**
     * The remaining time in seconds: from the 90th to the 10th percentile of the job's speed, with the share of time in which it is held
     * back.
     */
    public record EtaRange(long lowSeconds, long highSeconds) {}

    /**
     * The failure for which a job paused itself.
     *
     * @param code the SQLSTATE
     * @param nextLookAt when the leader next checks whether the failure is over; null: an operator must resume the job
     */
    public record Troubled(String code, @Nullable Instant nextLookAt) {}

    /**
     * Remarks about a job beside its state.
     *
     * @param notes sentences, the oldest first: triggers that do not fire, partitions that were attached or detached, failures
     * @param unchanged scanned rows that were neither changed nor quarantined because of a trigger; null: none, or not known
     * @param matching rows of its range that still need the change, at least; null: not checked
     * @param keptBy the triggers that can have kept them unchanged, while the job has not finished; null: none
     * @param drift how many rows its last reconcile has found wrong; null: none was made
     * @param standby of a reconcile that has committed no batch since: which standby it could not read, when, and the SQLSTATE with its
     *     message; null: none
     * @param takenBack of a migration: why the watch over its cutover has taken all reads back; null: it has not
     * @param unwatched of a migration whose cutover is under way: why it cannot be watched; null: it can, or is not to be
     * @param renamedHurts of a migration whose old columns are renamed: which signals are at their hard threshold, and since a minute at most;
     *     null: none
     */
    public record Findings(
            List<String> notes,
            @Nullable Long unchanged,
            @Nullable Long matching,
            @Nullable String keptBy,
            @Nullable Long drift,
            @Nullable String standby,
            @Nullable String takenBack,
            @Nullable String unwatched,
            @Nullable String renamedHurts) {
        /** No remarks. */
        public static final Findings NONE = new Findings(List.of(), null, null, null, null, null, null, null, null);

        public Findings {
            notes = List.copyOf(notes);
        }

        /** How many rows the job has left out although they needed the change. */
        public long leftOut() {
            return Math.max(unchanged == null ? 0 : unchanged, matching == null ? 0 : matching);
        }
    }
}
