package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.postgres.statement.PlainQuery;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The statements that read the status of jobs. Shards that are over are counted in the job's row ({@code tallied_*}); in the
 * same snapshot, only those are read that are begun and not tallied yet, in flight or FAILED ({@link ShardSums}).
 */
public final class StatusStore {

    private static final String STATUS = """
            select j.id, j.name, j.state, j.rows_estimated, j.rate_limit, j.reason, j.error, j.trouble, j.probe_at,
                   j.quarantined, j.dismissed, j.budget_rows, j.budget_ratio,
                   j.concurrency, j.wal_limit, j.priority, j.batch_seconds, j.work_window, j.opens_at, j.closes_at,
                   backfleet.is_open(j.opens_at, j.closes_at) as open,
                   j.definition, j.definition ->> 'v' as definition_version, j.definition ->> 'kind' as definition_kind,
                   case when j.reconciles is null then coalesce(j.definition ->> 'triggers', 'FIRE') else 'NONE' end as triggers, j.definition ->> 'batchDuration' as batch_duration,
                   j.definition -> 'table' ->> 'schema' as schema_name, j.definition -> 'table' ->> 'name' as table_name,
                   j.submitted_at, j.started_at, j.finished_at, j.deadline,
                   case when j.measured_at > now() - interval '5 seconds' then j.rows_per_second end as changed_per_second,
                   case when j.measured_at > now() - interval '5 seconds' then j.walked_per_second end as walked_per_second,
                   exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN') as fleet_paused,
                   exists (select from backfleet.worker w where w.taking and w.seen_at > now() - interval '5 seconds') as workers_accept,
                   clock.since as time_since, clock.speed_slow, clock.speed_usual, clock.speed_fast, clock.speeds_measured,
                   clock.work_share, clock.work_deviation, clock.work_blocks, clock.work_block_seconds,
                   clock.held_by, clock.held_by_signal,
                   array(select array[k.cause, k.signal, round(k.seconds::numeric, 1)::text] from backfleet.job_time k
                         where k.job_id = j.id and k.seconds >= 0.05 order by k.seconds desc) as time_spent,
                   case when j.finished_at is null and not exists (select from backfleet.leader where lease_until > now())
                     then extract(epoch from now() - clock.booked_until) end as not_led,
                   j.factor as throttle_factor, t.signal, t.value, t.threshold, t.measure, t.level, t.note,
                   array(select array[c.signal, round(c.seconds::numeric, 1)::text] from backfleet.throttle_cost c
                         where c.job_id = j.id and c.seconds >= 0.05) as cost,
                   coalesce(paused.tenants, 0) as paused_tenants,
                   j.wave, jsonb_array_length(j.rollout -> 'waves') as waves, j.wave_done_at,
                   case when j.rollout ->> 'promote' = 'AUTO' and not w.failed and w.more
                     then j.wave_done_at + (j.rollout ->> 'soak')::interval end as next_wave_at,
                   coalesce((j.rollout ->> 'reconcile')::boolean, false) as wave_reconcile,
                   wc.name as check_name, wc.state as check_state, wc.submitted_at as check_since, wc.wrong as check_wrong,
                   coalesce(j.rows_unchanged, case when k.kept_by is not null then b.walked - b.changed - j.quarantined end) as rows_unchanged,
                   j.rows_matching, k.kept_by,
                   (select v.missing + v.different + v.failed
                    from backfleet.job p join backfleet.reconcile_verdict v on v.job_id = p.id
                    where p.reconciles = j.id order by p.id desc limit 1) as drift,
                   case when j.reconciles is not null and j.finished_at is null then (
                     select n.note from backfleet.job_note n
                     where n.job_id = j.id and n.topic = 'standby' and n.at > coalesce(b.last_batch_at, '-infinity')) end as standby_note,
                   (select f.reason from backfleet.migration m join backfleet.flag f on f.migration_id = m.id
                    where m.job_id = j.id and m.state <> 'ABORTED' and f.state = 'OFF' and f.changed_by = 'auto:cutover') as taken_back,
                   (select case when w.seen_at < clock_timestamp() - interval '30 seconds'
                             then 'no coordinator looks at its signals'
                           else (select concat_ws(' cannot be judged: ', s.value ->> 'signal', s.value ->> 'note')
                                 from jsonb_array_elements(w.watch -> 'signals') s where s.value ->> 'level' = 'UNREADABLE' limit 1) end
                    from backfleet.migration m join backfleet.cutover_watch w on w.migration_id = m.id
                    where m.job_id = j.id and m.state = 'CUTTING') as unwatched,
                   (select w.watch from backfleet.migration m join backfleet.cutover_watch w on w.migration_id = m.id
                    where m.job_id = j.id and m.state = 'RENAMED' and w.seen_at > clock_timestamp() - interval '1 minute'
                      and w.watch -> 'signals' @> '[{"level": "HARD"}]') as renamed_watch,
                   (select max(c.said_at) from backfleet.control c
                    where c.scope in ('fleet', 'job/' || j.id) and c.state = 'RUN') as resumed_at,
                   case when exists (select from backfleet.job_note n where n.job_id = j.id) then array(
                     select case when t.stuck and t.place > 3 then t.of_kind - 3 || ' more shards have not advanced either' else t.note end
                     from (
                       select n.*, row_number() over (partition by n.stuck order by n.at desc, n.topic) as place,
                              count(*) over (partition by n.stuck) as of_kind
                       from (
                         select n.*, n.topic ~ '^(walk|tries) of shard ' as stuck from backfleet.job_note n
                         where n.job_id = j.id and n.topic <> 'standby' and (not starts_with(n.topic, 'worker ') or exists (
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
                   ) else '{}' end as notes,
                   b.changed, b.walked, b.done, b.last_batch_at, f.dispatched, f.running, f.workers, f.oldest_task_at, a.total, f.failed,
                   a.total - b.done - f.dispatched - f.running - f.failed as pending, w.open as wave_open
            from backfleet.job j
            left join backfleet.throttle t on t.job_id = j.id
            left join backfleet.job_clock clock on clock.job_id = j.id
            -- Counted for all jobs at once: looking for each job's would read all control records for each job of a list.
            left join (
              select split_part(c.scope, '/', 2) as job, count(*)::integer as tenants from backfleet.control c
              where c.scope like 'job/%/tenant/%' and c.state <> 'RUN' group by 1
            ) paused on paused.job = j.id::text
            cross join lateral (
              select j.tallied_changed + s.changed as changed, j.tallied_walked + s.walked as walked, j.tallied_shards + s.done as done,
                     greatest(j.tallied_batch_at, s.last_batch_at) as last_batch_at
              from {begun} s
            ) b
            cross join lateral (
              -- Until the job ends, when a look says it. Without a condition, each row that a batch has scanned is to be changed.
              select case when j.finished_at is null and j.definition ->> 'where' is null and j.definition -> 'copy' is null
                            and b.walked - b.changed - j.quarantined > 0
                       then ({kept-by}) end as kept_by
            ) k
            cross join lateral {in-flight} f
            cross join lateral (select coalesce(j.pruned_shards, f.total) as total) a
            left join lateral {of-wave} w on true
            left join lateral (
              select p.name, p.state, p.submitted_at, v.missing + v.different + v.failed + v.quarantined as wrong
              from backfleet.job p left join backfleet.reconcile_verdict v on v.job_id = p.id
              where p.reconciles = j.id and p.checked_wave = j.wave and p.submitted_at >= j.wave_done_at
              order by p.id desc limit 1
            ) wc on true
            """.replace("{kept-by}", CompletenessStore.KEEPING_TRIGGERS);

    private static final String ONE = ShardSums.OF_ONE.in(STATUS) + "where j.id = :job";

    private static final PlainQuery LOOK = new PlainQuery("select * from (" + ONE + ") j cross join (" + FleetStore.LOOK
            + ") fleet join lateral (" + MapRow.OF_JOB + ") map on true");

    private static final String LIST = ShardSums.OF_MANY.in(STATUS) + """
            where :all or j.finished_at is null
               or j.id in (select id from backfleet.job where finished_at is not null and reconciles is null
                           order by finished_at desc limit 10)
            order by j.finished_at is null desc, j.id desc
            """;

    private static final String PAGE = ShardSums.OF_MANY.in(STATUS) + """
            where j.id in (
              select p.id from backfleet.job p
              where p.id < :before and (cardinality(:states) = 0 or p.state = any(:states))
                and (:name::text is null or p.name = :name)
                and (:table::text is null or :table in (
                  format('%I.%I', p.definition -> 'table' ->> 'schema', p.definition -> 'table' ->> 'name'),
                  p.definition -> 'table' ->> 'name'))
              order by p.id desc limit :limit)
            order by j.id desc
            """;

    private final Handle handle;
    private final StatusRow rows;

    /** @param more notes for each unfinished job */
    public StatusStore(Handle handle, List<String> more) {
        this.handle = handle;
        this.rows = new StatusRow(more);
    }

    /** One job. */
    public Optional<JobStatus> job(long job) {
        return handle.createQuery(ONE)
                .bind("job", job)
                .map((row, context) -> rows.read(row))
                .findOne();
    }

    /**
     * One job with the fleet and its workers, in one statement: whoever watches a job sends it each second.
     *
     * @param more notes for each unfinished job
     */
    static Optional<Snapshot> look(Connection connection, long job, List<String> more) throws SQLException {
        return LOOK.row(
                connection,
                Map.of("job", job),
                row -> new Snapshot(
                        new StatusRow(more).read(row),
                        FleetStore.fleet(row, more),
                        WorkerRow.read(row),
                        List.of(),
                        MapRow.read(row)));
    }

    /** The unfinished jobs and the last finished ones, or all; unfinished ones first, then by age. Within a transaction. */
    List<JobStatus> jobs(boolean all) {
        ShardSums.forceIndexes(handle);
        return handle.createQuery(LIST)
                .bind("all", all)
                .map((row, context) -> rows.read(row))
                .list();
    }

    /** Some jobs, newest first. Within a transaction. */
    List<JobStatus> jobs(ListJobs.Filter filter) {
        ShardSums.forceIndexes(handle);
        return handle.createQuery(PAGE)
                .bind("before", filter.before())
                .bindArray(
                        "states",
                        String.class,
                        filter.states().stream().map(Enum::name).toList())
                .bind("name", filter.name())
                .bind("table", filter.table())
                .bind("limit", filter.limit())
                .map((row, context) -> rows.read(row))
                .list();
    }
}
