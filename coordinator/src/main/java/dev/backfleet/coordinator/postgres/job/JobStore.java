package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.postgres.statement.PlainQuery;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.duty.WalCostEstimate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about {@code backfleet.job}. Every change of state is guarded by the state that it leaves. */
public final class JobStore {

    private static final String INSERT = """
            insert into backfleet.job (name, spec, definition, rate_limit, wal_limit, wal_rows, concurrency, priority,
                                       budget_rows, budget_ratio, row_timeout, work_window, opens_at, closes_at, deadline)
            values (:name, :spec, :definition::jsonb, :rate, :wal, :walRows, :concurrency, :priority,
                    :budgetRows, :budgetRatio, :rowTimeout, :window::jsonb, :opens, :closes, :deadline)
            on conflict (name) where state not in ('CANCELLED', 'SUCCEEDED', 'FAILED') do nothing
            returning id
            """;

    // Not "for update": that would block the foreign key of audit rows that are inserted during planning.
    private static final String DEFINITION_FOR_PLANNING = """
            select definition from backfleet.job where id = :job and state = 'PLANNING' for no key update skip locked
            """;

    private static final String DEFINITION = "select definition from backfleet.job where id = :job";

    private static final String PRUNED_AT =
            "select pruned_at from backfleet.job where id = :job and pruned_at is not null";

    private static final String IN_STATE = "select id from backfleet.job where state = :state order by id";

    private static final String STATE = "select state from backfleet.job where id = :job";

    private static final String LOCK = "select state from backfleet.job where id = :job for no key update";

    private static final String LOCK_IF_FREE =
            "select state from backfleet.job where id = :job for no key update skip locked";

    private static final String SET_STATE_IF_IN = """
            update backfleet.job
            set state = :to,
                started_at = case when :to = 'RUNNING' then coalesce(started_at, now()) else started_at end,
                finished_at = case when :to in ('CANCELLED', 'SUCCEEDED', 'FAILED') then now() end,
                finished_xid = case when :to in ('CANCELLED', 'SUCCEEDED', 'FAILED')
                  then pg_snapshot_xmax(pg_current_snapshot())::text::bigint end,
                reason = coalesce(:reason, case when :to = 'RUNNING' then null else reason end),
                error = case when :to <> 'RUNNING' then coalesce(:error, error) end,
                trouble = case when :to <> 'RUNNING' then trouble end,
                probe_at = case when :to <> 'RUNNING' then probe_at end
            where id = :job and state = any(:from)
            """;

    private static final String MAKE_PAUSE_THE_OPERATORS = """
            update backfleet.job set trouble = null, probe_at = null, reason = :reason
            where id = :job and state in ('PAUSING', 'PAUSED') and trouble is not null
            """;

    private static final String PLANNED = "update backfleet.job set rows_estimated = :rows where id = :job";

    private static final PlainQuery BY_ID_OR_NAME = new PlainQuery("""
            select id from backfleet.job
            where id = :id::bigint or name = :name
            order by id = :id::bigint desc nulls last, id desc limit 1
            """);

    private final Handle handle;

    public JobStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores a job as PLANNING; nothing if an unfinished job uses its name. */
    public Optional<Long> insert(NewJob job) {
        var opening = job.window().map(window -> window.at(now()));
        return handle.createQuery(INSERT)
                .bind("name", job.name())
                .bind("spec", job.spec())
                .bind("definition", JobDefinition.JSON.write(job.definition()))
                .bind("rate", boxed(job.limits().rowsPerSecond()))
                .bind("wal", boxed(job.limits().walBytesPerSecond()))
                .bind("walRows", firstGuess(job.limits().walBytesPerSecond()))
                .bind("concurrency", job.limits().concurrency())
                .bind("priority", job.limits().priority().name())
                .bind("budgetRows", job.limits().errorBudget().rows())
                .bind("budgetRatio", job.limits().errorBudget().ratio())
                .bind("rowTimeout", job.limits().rowTimeout().toMillis() / 1000.0)
                .bind("window", job.window().map(TimeWindow.JSON::write).orElse(null))
                .bind("opens", opening.map(TimeWindow.Opening::opens).orElse(null))
                .bind("closes", opening.map(TimeWindow.Opening::closes).orElse(null))
                .bind("deadline", job.deadline().orElse(null))
                .mapTo(Long.class)
                .findOne();
    }

    private Instant now() {
        return handle.createQuery("select now()")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant();
    }

    /** Stores the span of the submission. */
    public void submittedBy(long job, String traceparent) {
        handle.createUpdate("update backfleet.job set traceparent = :traceparent where id = :job")
                .bind("traceparent", traceparent)
                .bind("job", job)
                .execute();
    }

    /** Locks a job in state PLANNING and returns its definition; nothing if it is in another state, or locked by another transaction. */
    public Optional<JobDefinition> lockForPlanning(long job) {
        return handle.createQuery(DEFINITION_FOR_PLANNING)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(JobDefinition.JSON::read);
    }

    /** The definition of a job. */
    public Optional<JobDefinition> definition(long job) {
        return handle.createQuery(DEFINITION)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(JobDefinition.JSON::read);
    }

    /** When a job's shards were pruned; nothing if they were not. */
    public Optional<Instant> prunedAt(long job) {
        return handle.createQuery(PRUNED_AT)
                .bind("job", job)
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(OffsetDateTime::toInstant);
    }

    /** The ids of the jobs in a state, oldest first. */
    public List<Long> inState(JobState state) {
        return handle.createQuery(IN_STATE)
                .bind("state", state.name())
                .mapTo(Long.class)
                .list();
    }

    /** A job's state. */
    public Optional<JobState> state(long job) {
        return handle.createQuery(STATE)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(JobState::valueOf);
    }

    /**
     * Locks a job's row and returns its state after that. Every transaction of several statements that decides on a job begins
     * with this: otherwise a subquery in a later condition would be evaluated on a snapshot from before the lock.
     */
    public Optional<JobState> lock(long job) {
        return handle.createQuery(LOCK).bind("job", job).mapTo(JobState.class).findOne();
    }

    /** Like {@link #lock}, but does not wait while the job is being planned; returns nothing then. */
    public Optional<JobState> lockUnlessPlanning(long job) {
        return state(job).equals(Optional.of(JobState.PLANNING))
                ? handle.createQuery(LOCK_IF_FREE)
                        .bind("job", job)
                        .mapTo(JobState.class)
                        .findOne()
                : lock(job);
    }

    /**
     * Moves a job from any of some states to another.
     *
     * @param reason who asked and why; null: unchanged
     * @param error what went wrong; null: unchanged
     * @return whether it moved; false if it was in none of the states
     */
    public boolean setStateIfIn(
            long job, Set<JobState> from, JobState to, @Nullable String reason, @Nullable String error) {
        for (var state : from) {
            if (!state.mayBecome(to)) {
                throw new IllegalArgumentException(state + " may not become " + to);
            }
        }
        return handle.createUpdate(SET_STATE_IF_IN)
                        .bind("job", job)
                        .bind("to", to.name())
                        .bind("reason", reason)
                        .bind("error", error)
                        .bindArray(
                                "from",
                                String.class,
                                from.stream().map(JobState::name).toList())
                        .execute()
                == 1;
    }

    /** Turns the pause of a job that paused itself into an operator's, which only an operator ends. */
    public void makePauseTheOperators(long job, String reason) {
        handle.createUpdate(MAKE_PAUSE_THE_OPERATORS)
                .bind("job", job)
                .bind("reason", reason)
                .execute();
    }

    /** Stores the estimate of planning. */
    public void planned(long job, long rowsEstimated) {
        handle.createUpdate(PLANNED)
                .bind("job", job)
                .bind("rows", rowsEstimated)
                .execute();
    }

    /** Finds a job by id or name; of several with the name, the newest. */
    public static Optional<Long> find(Connection connection, String idOrName) throws SQLException {
        var parameters = new HashMap<String, @Nullable Object>();
        parameters.put("id", idOrName.matches("[0-9]{1,18}") ? Long.valueOf(idOrName) : null);
        parameters.put("name", idOrName);
        return BY_ID_OR_NAME.row(connection, parameters, row -> row.getLong(1));
    }

    private static @Nullable Long boxed(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : null;
    }

    private static @Nullable Double firstGuess(OptionalLong walLimit) {
        return walLimit.isPresent() ? WalCostEstimate.firstGuess(walLimit.getAsLong()) : null;
    }

    /** A job to be stored. */
    public record NewJob(
            String name,
            String spec,
            JobDefinition definition,
            Limits limits,
            Optional<TimeWindow> window,
            Optional<Instant> deadline) {}
}
