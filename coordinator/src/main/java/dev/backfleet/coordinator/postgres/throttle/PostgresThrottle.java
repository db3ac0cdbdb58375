package dev.backfleet.coordinator.postgres.throttle;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.job.UnreadableJobs;
import dev.backfleet.coordinator.throttle.FullSpeed;
import dev.backfleet.coordinator.throttle.Reading;
import dev.backfleet.coordinator.throttle.ThrottlePolicy;
import dev.backfleet.coordinator.throttle.ThrottleRepository;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about what throttles jobs: {@code backfleet.throttle}, {@code backfleet.throttle_cost}, and the factor in the job. */
public final class PostgresThrottle implements ThrottleRepository {

    private static final String UNREADABLE = "the throttle";

    private final Database database;

    public PostgresThrottle(Database database) {
        this.database = database;
    }

    private static final String INSERT_SETTINGS = """
            insert into backfleet.throttle (job_id, wanted) values (:job, :wanted::jsonb)
            """;

    /** Stores what a job's spec says about the throttle, in the transaction that submits the job. */
    public static void insertSettings(Handle handle, long job, ThrottleSpec settings) {
        handle.createUpdate(INSERT_SETTINGS)
                .bind("job", job)
                .bind("wanted", ThrottleSpec.JSON.write(settings))
                .execute();
    }

    private static final String JOBS = """
            select j.id, j.definition, t.wanted, j.factor, j.full_rows, j.full_slots,
                   case when j.measured_at > now() - interval '5 seconds' then j.rows_per_second end as rows_per_second,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') as running,
                   j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
                     and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN') as due
            from backfleet.job j left join backfleet.throttle t on t.job_id = j.id
            where j.state in ('RUNNING', 'PAUSING', 'PAUSED')
            order by j.id
            """;

    @Override
    public List<ThrottledJob> jobs() {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(JOBS).map((row, context) -> readable(handle, row)).list().stream()
                                .flatMap(Optional::stream)
                                .toList());
    }

    // A job that this version cannot read keeps its factor; the others are throttled as usual.
    private static Optional<ThrottledJob> readable(Handle handle, ResultSet row) throws SQLException {
        var id = row.getLong("id");
        try {
            return Optional.of(read(handle, id, row));
        } catch (UnreadableException e) {
            new NoteStore(handle).tell(id, UNREADABLE, "its throttle is not adjusted: " + e.getMessage());
            UnreadableJobs.met(handle, id, e);
            return Optional.empty();
        }
    }

    private static ThrottledJob read(Handle handle, long job, ResultSet row) throws SQLException {
        var wanted = row.getString("wanted");
        return new ThrottledJob(
                job,
                JobDefinition.JSON.read(row.getString("definition")),
                new JobRelationStore(handle).present(job),
                wanted == null ? ThrottleSpec.DEFAULT : ThrottleSpec.JSON.read(wanted),
                pace(row));
    }

    private static ThrottledJob.Pace pace(ResultSet row) throws SQLException {
        var rows = row.getObject("full_rows", Double.class);
        var full = rows == null
                ? Optional.<FullSpeed>empty()
                : Optional.of(new FullSpeed(rows, row.getDouble("full_slots")));
        return new ThrottledJob.Pace(
                row.getDouble("factor"),
                row.getDouble("rows_per_second"),
                row.getInt("running"),
                row.getBoolean("due"),
                full);
    }

    @Override
    public void store(long job, ThrottlePolicy policy, Optional<FullSpeed> full, Optional<DelayCost> cost) {
        database.jdbi().useTransaction(handle -> {
            setFactorIfRunning(handle, job, policy.factor(), full);
            setReading(handle, job, policy.holding());
            cost.ifPresent(delay -> addCost(handle, job, delay));
        });
    }

    private static final String SET_FACTOR_IF_RUNNING = """
            update backfleet.job
            set factor = :factor, full_rows = coalesce(:rows, full_rows), full_slots = coalesce(:slots, full_slots)
            where id = :job and state = 'RUNNING' and (factor <> :factor or full_rows is distinct from coalesce(:rows, full_rows))
            """;

    // The next batch of each worker complies with it.
    private static void setFactorIfRunning(Handle handle, long job, double factor, Optional<FullSpeed> full) {
        handle.createUpdate(SET_FACTOR_IF_RUNNING)
                .bind("job", job)
                .bind("factor", factor)
                .bind("rows", full.map(FullSpeed::rows).orElse(null))
                .bind("slots", full.map(FullSpeed::slots).orElse(null))
                .execute();
    }

    private static final String SET_READING = """
            insert into backfleet.throttle as t (job_id, signal, measure, value, threshold, level, note)
            values (:job, :signal, :measure, :value, :threshold, :level, :note)
            on conflict (job_id) do update
            set signal = excluded.signal, measure = excluded.measure, value = excluded.value,
                threshold = excluded.threshold, level = excluded.level, note = excluded.note
            """;

    private static void setReading(Handle handle, long job, Optional<Reading> holding) {
        handle.createUpdate(SET_READING)
                .bind("job", job)
                .bindMap(columns(holding.orElse(null)))
                .execute();
    }

    private static final String ADD_COST = """
            insert into backfleet.throttle_cost as c (job_id, signal, seconds) values (:job, :signal, :seconds)
            on conflict (job_id, signal) do update set seconds = c.seconds + excluded.seconds
            """;

    private static void addCost(Handle handle, long job, DelayCost cost) {
        handle.createUpdate(ADD_COST)
                .bind("job", job)
                .bind("signal", cost.signal())
                .bind("seconds", cost.seconds())
                .execute();
    }

    private static Map<String, @Nullable Object> columns(@Nullable Reading held) {
        var columns = new HashMap<String, @Nullable Object>();
        columns.put("signal", held == null ? null : held.sample().signal());
        columns.put("measure", held == null ? null : held.sample().measure().name());
        columns.put("value", held == null ? null : held.sample().value());
        columns.put("threshold", held == null ? null : held.threshold());
        columns.put("level", held == null ? null : held.level().name());
        columns.put("note", held == null ? null : held.sample().note());
        return columns;
    }
}
