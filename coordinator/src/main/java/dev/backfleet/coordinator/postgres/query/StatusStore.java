package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Pace;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WaveStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The statements that read the status of jobs. Shards that are over are counted in the job's row ({@code tallied_*}); in the
 * same snapshot, only those are read that are begun and not tallied yet, in flight or FAILED ({@link ShardSums}).
 */
public final class StatusStore {

    private static final String STATUS = """
            select j.id, j.name, j.state, j.rows_estimated, j.rate_limit, j.reason, j.error, j.trouble, j.probe_at,
                   j.quarantined, j.budget_rows, j.budget_ratio,
                   j.concurrency, j.wal_limit, j.priority, j.batch_seconds, j.work_window, j.opens_at, j.closes_at,
                   backfleet.is_open(j.opens_at, j.closes_at) as open,
                   j.definition, j.definition ->> 'v' as definition_version, j.definition ->> 'kind' as definition_kind,
                   coalesce(j.definition ->> 'triggers', 'FIRE') as triggers, j.definition ->> 'batchDuration' as batch_duration,
                   j.definition -> 'table' ->> 'schema' as schema_name, j.definition -> 'table' ->> 'name' as table_name,
                   j.submitted_at, j.started_at, j.finished_at,
                   case when j.measured_at > now() - interval '5 seconds' then j.rows_per_second end as changed_per_second,
                   case when j.measured_at > now() - interval '5 seconds' then j.walked_per_second end as walked_per_second,
                   exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN') as fleet_paused,
                   exists (select from backfleet.worker w where w.taking and w.seen_at > now() - interval '5 seconds') as workers_accept,
                   clock.since as time_since, clock.steady_walked,
                   array(select array[k.cause, k.signal, round(k.seconds::numeric, 1)::text] from backfleet.job_time k
                         where k.job_id = j.id and k.seconds >= 0.05 order by k.seconds desc) as time_spent,
                   case when j.finished_at is null and not exists (select from backfleet.leader where lease_until > now())
                     then extract(epoch from now() - clock.booked_until) end as not_led,
                   j.factor as throttle_factor, t.signal, t.value, t.threshold, t.measure, t.level, t.note,
                   array(select array[c.signal, round(c.seconds::numeric, 1)::text] from backfleet.throttle_cost c
                         where c.job_id = j.id and c.seconds >= 0.05) as cost,
                   (select count(*)::integer from backfleet.control c
                    where starts_with(c.scope, 'job/' || j.id || '/tenant/') and c.state <> 'RUN') as paused_tenants,
                   j.wave, jsonb_array_length(j.rollout -> 'waves') as waves, j.wave_done_at,
                   case when j.rollout ->> 'promote' = 'AUTO' and not w.failed and w.more
                     then j.wave_done_at + (j.rollout ->> 'soak')::interval end as next_wave_at,
                   coalesce(j.rows_unchanged, case when k.kept_by is not null then b.walked - b.changed - j.quarantined end) as rows_unchanged,
                   j.rows_matching, k.kept_by,
                   (select max(c.said_at) from backfleet.control c
                    where c.scope in ('fleet', 'job/' || j.id) and c.state = 'RUN') as resumed_at,
                   array(
                     select case when t.stuck and t.place > 3 then t.of_kind - 3 || ' more shards have not advanced either' else t.note end
                     from (
                       select n.*, row_number() over (partition by n.stuck order by n.at desc, n.topic) as place,
                              count(*) over (partition by n.stuck) as of_kind
                       from (
                         select n.*, n.topic ~ '^(walk|tries) of shard ' as stuck from backfleet.job_note n
                         where n.job_id = j.id and (not starts_with(n.topic, 'worker ') or exists (
                           select from backfleet.worker w
                           where n.topic = 'worker ' || w.id and w.started_at <= n.at
                             and w.seen_at > now() - interval '1 minute'))
                           -- What workers tell of a shard that does not advance, until it does, and as long as it is tried or
                           -- no shard advances: it may have to wait for its turn for long after the cause is over.
                           and (n.topic !~ '^(walk|tries) of shard ' or backfleet.is_stuck(
                             n.job_id, (substring(n.topic from '^(?:walk|tries) of shard ([0-9]+)$'))::integer, n.at,
                             coalesce(b.last_batch_at > clock_timestamp() - interval '10 seconds', false)))
                       ) n
                     ) t
                     where not t.stuck or t.place <= 4
                     order by t.stuck and t.place > 3, t.at, t.topic
                   ) as notes,
                   b.changed, b.walked, b.done, b.last_batch_at, f.dispatched, f.running, f.workers, f.oldest_task_at, a.total, f.failed,
                   a.total - b.done - f.dispatched - f.running - f.failed as pending, w.open as wave_open
            from backfleet.job j
            left join backfleet.throttle t on t.job_id = j.id
            left join backfleet.job_clock clock on clock.job_id = j.id
            cross join lateral (
              select j.tallied_changed + s.changed as changed, j.tallied_walked + s.walked as walked, j.tallied_shards + s.done as done,
                     greatest(j.tallied_batch_at, s.last_batch_at) as last_batch_at
              from {begun} s
            ) b
            cross join lateral (
              -- Until the job ends, when a look says it. Without a condition, each row that a batch has scanned is to be changed.
              select case when j.finished_at is null and j.definition ->> 'where' is null
                            and b.walked - b.changed - j.quarantined > 0
                       then ({kept-by}) end as kept_by
            ) k
            cross join lateral {in-flight} f
            cross join lateral (select coalesce(j.pruned_shards, f.total) as total) a
            left join lateral {of-wave} w on j.rollout is not null
            """.replace("{kept-by}", CompletenessStore.KEEPING_TRIGGERS);

    private static final String ONE = ShardSums.OF_ONE.in(STATUS) + "where j.id = :job";

    private static final String LOOK = "select * from (" + ONE + ") j cross join (" + FleetStore.LOOK
            + ") fleet join lateral (" + MapRow.OF_JOB + ") map on true";

    private static final String LIST = ShardSums.OF_MANY.in(STATUS) + """
            where :all or j.finished_at is null
               or j.id in (select id from backfleet.job where finished_at is not null order by finished_at desc limit 10)
            order by j.finished_at is null desc, j.id desc
            """;

    private final Handle handle;
    private final List<String> more;

    /** @param more notes for each unfinished job */
    public StatusStore(Handle handle, List<String> more) {
        this.handle = handle;
        this.more = more;
    }

    /** One job. */
    public Optional<JobStatus> job(long job) {
        return handle.createQuery(ONE)
                .bind("job", job)
                .map((row, context) -> status(row))
                .findOne();
    }

    /** One job with the fleet and its workers, in one statement: whoever watches a job sends it each second. */
    Optional<Snapshot> look(long job) {
        return handle.createQuery(LOOK)
                .bind("job", job)
                .map((row, context) -> {
                    var fleet = FleetStore.fleet(row, more);
                    return new Snapshot(status(row), fleet, WorkerRow.read(row), List.of(), MapRow.read(row));
                })
                .findOne();
    }

    /** The unfinished jobs and the last finished ones, or all; unfinished ones first, then by age. Within a transaction. */
    List<JobStatus> jobs(boolean all) {
        ShardSums.forceIndexes(handle);
        return handle.createQuery(LIST)
                .bind("all", all)
                .map((row, context) -> status(row))
                .list();
    }

    private JobStatus status(ResultSet row) throws SQLException {
        var state = JobState.valueOf(row.getString("state"));
        var rows = new JobStatus.Rows(
                row.getObject("rows_estimated", Long.class),
                row.getLong("changed"),
                row.getLong("walked"),
                row.getLong("quarantined"));
        var shards = shards(row);
        var fleetPaused = row.getBoolean("fleet_paused");
        var window = LimitsRow.window(row);
        var wave = wave(row);
        var pace = new Pace(
                state,
                rows,
                shards,
                fleetPaused,
                window != null && !window.open(),
                wave != null && wave.waits(),
                row.getDouble("throttle_factor") < 1 && row.getString("signal") != null,
                row.getBoolean("workers_accept"),
                row.getObject("changed_per_second", Double.class),
                row.getObject("walked_per_second", Double.class),
                row.getObject("steady_walked", Double.class));
        return new JobStatus(
                row.getLong("id"),
                row.getString("name"),
                table(row),
                state,
                rows,
                pace.percent(),
                shards,
                new JobStatus.Rate(row.getObject("rate_limit", Long.class), pace.current()),
                pace.etaSeconds(),
                pace.etaNote(),
                row.getObject("submitted_at", OffsetDateTime.class).toInstant(),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("error"),
                row.getString("reason"),
                row.getInt("workers"),
                fleetPaused,
                ThrottleRow.read(row, state),
                instant(row, "last_batch_at"),
                LimitsRow.settings(row),
                window,
                row.getInt("paused_tenants"),
                wave,
                trouble(row, state),
                findings(row, state),
                new JobStatus.Activity(instant(row, "resumed_at"), instant(row, "oldest_task_at")),
                TimeRow.read(row));
    }

    private JobStatus.Findings findings(ResultSet row, JobState state) throws SQLException {
        var notes = new ArrayList<>(List.of((String[]) row.getArray("notes").getArray()));
        if (!state.isTerminal()) {
            if (JobDefinition.mayBeNewer(row.getString("definition_version"), row.getString("definition_kind"))) {
                newer(row.getString("definition")).ifPresent(notes::add);
            }
            notes.addAll(more);
        }
        return new JobStatus.Findings(
                notes,
                row.getObject("rows_unchanged", Long.class),
                row.getObject("rows_matching", Long.class),
                row.getString("kept_by"));
    }

    // Whether workers and coordinators of this release skip the job.
    private static Optional<String> newer(String definition) {
        try {
            JobDefinition.JSON.read(definition);
            return Optional.empty();
        } catch (UnreadableException e) {
            return e.newer() ? Optional.of("this release cannot work on the job: " + e.getMessage()) : Optional.empty();
        }
    }

    // Only while the job is paused: an older version does not clear it when it resumes a job.
    private static JobStatus.@Nullable Troubled trouble(ResultSet row, JobState state) throws SQLException {
        var code = row.getString("trouble");
        var stands = state == JobState.PAUSING || state == JobState.PAUSED;
        return code == null || !stands ? null : new JobStatus.Troubled(code, instant(row, "probe_at"));
    }

    private static @Nullable WaveStatus wave(ResultSet row) throws SQLException {
        var waves = row.getInt("waves");
        return row.wasNull()
                ? null
                : new WaveStatus(
                        row.getInt("wave"),
                        waves,
                        row.getInt("wave_open"),
                        instant(row, "wave_done_at"),
                        instant(row, "next_wave_at"));
    }

    private static JobStatus.Shards shards(ResultSet row) throws SQLException {
        return new JobStatus.Shards(
                row.getInt("total"),
                row.getInt("pending"),
                row.getInt("dispatched"),
                row.getInt("running"),
                row.getInt("done"),
                row.getInt("failed"));
    }

    private static String table(ResultSet row) throws SQLException {
        return TableName.of(Identifier.of(row.getString("schema_name")), Identifier.of(row.getString("table_name")))
                .toString();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
