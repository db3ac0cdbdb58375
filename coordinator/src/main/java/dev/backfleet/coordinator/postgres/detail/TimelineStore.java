package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.coordinator.query.detail.Timeline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements that read what is stored of a job's past: the audit, the job's times, its events, its notes. */
final class TimelineStore {

    private static final String NAME = "select name from backfleet.job where id = :job";

    // What a shard waits for now is not an event: its status has it. Each part reads at most as many rows as are shown.
    // What was done to the fleet concerns a job from its submission to its end. A change of state that somebody asked
    // for is
    // in the audit, with who and why; the end is in the job's row, which is kept when its events are pruned.
    private static final String ENTRIES = """
            with j as (select * from backfleet.job where id = :job)
            select * from (
              (select a.at, a.id as place, a.action as event, a.who, a.setting, a.old_value as before, a.new_value as now, a.reason as why
               from backfleet.audit a where a.job_id = :job order by a.id desc limit :limit + 1)
              union all
              (select a.at, a.id, a.action, a.who, null, null, a.new_value, a.reason
               from backfleet.audit a, j
               where a.job_id is null and a.job_name is null and a.action not like 'webhook %' and a.at >= j.submitted_at
                 and a.at <= coalesce(j.finished_at, 'infinity')
               order by a.id desc limit :limit + 1)
              union all
              select started_at, 0, 'start', null, null,
                     (select e.now from backfleet.job_event e
                      where e.job_id = :job and e.event = 'state' and e.before = 'PLANNING' and e.now = 'PAUSED' limit 1),
                     to_char(rows_estimated, 'FM999,999,999,999,990') || ' rows', null
              from j where started_at is not null
              union all
              select finished_at, 9223372036854775807, 'end', null, null, null, state,
                     coalesce(error, case when state <> 'SUCCEEDED' then reason end)
              from j where finished_at is not null
              union all
              (select e.at, 0, e.event, null, case when e.itself then 'itself' end, e.before, e.now, e.why
               from backfleet.job_event e, j
               where e.job_id = :job
                 and (e.event <> 'state'
                      or e.at is distinct from j.finished_at
                         and (e.before, e.now) <> ('PLANNING', 'RUNNING')
                         and not (e.itself and e.now = 'PAUSED' and e.before = 'PAUSING')
                         and not exists (select from backfleet.audit a where a.job_id = e.job_id and a.xact = e.xact))
               order by e.id desc limit :limit + 1)
              union all
              (select n.at, 0, 'note', null, null, null, n.note, null from backfleet.job_note n
               where n.job_id = :job and n.topic !~ '^(walk|tries) of shard ' order by n.at desc limit :limit + 1)
              union all
              (select min(since), 0, 'held', null, cause, signal, extract(epoch from max(at) - min(since))::bigint::text, null
               from (
                 select s.*, coalesce(lag(at) over w, at) as since, sum(changes) over w as stretch
                 from (
                   select at, cause, signal, case when (cause, signal) = (lag(cause) over w, lag(signal) over w) then 0 else 1 end as changes
                   from (select at, cause, case when cause = 'throttled' then coalesce(signal, '') else '' end as signal
                         from backfleet.sample where job_id = :job order by at desc limit :samples) s
                   window w as (order by at)
                 ) s window w as (order by at)
               ) s
               where cause in ('throttled', 'no-progress', 'locks', 'waits-for-slot', 'no-worker', 'no-coordinator', 'database',
                               'outside-window', 'waits-for-wave')
               group by stretch, cause, signal having max(at) - min(since) >= interval '20 seconds'
               order by 1 desc limit :limit + 1)
              union all
              select now(), 9223372036854775807, 'now', null, null, null, state,
                     case when not exists (select from backfleet.job_event e where e.job_id = :job and e.event = 'state')
                          then coalesce(error, reason) end
              from j where finished_at is null
            ) e order by e.at desc, e.place desc limit :limit + 1
            """;

    // A day's, or a week's if the older ones are thinned.
    private static final int SAMPLES = 10_000;

    private final Handle handle;

    TimelineStore(Handle handle) {
        this.handle = handle;
    }

    /** The newest entries, oldest first; nothing if there is no such job. */
    Optional<Timeline> timeline(long job, int limit) {
        return handle.createQuery(NAME)
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(name -> timeline(job, name, limit));
    }

    private Timeline timeline(long job, String name, int limit) {
        var newestFirst = handle.createQuery(ENTRIES)
                .bind("job", job)
                .bind("limit", limit)
                .bind("samples", SAMPLES)
                .map((row, context) -> entry(row))
                .list();
        var entries = new ArrayList<Timeline.Entry>();
        for (var i = Math.min(limit, newestFirst.size()) - 1; i >= 0; i--) {
            entries.add(newestFirst.get(i));
        }
        return new Timeline(job, name, entries, newestFirst.size() > limit);
    }

    private static Timeline.Entry entry(ResultSet row) throws SQLException {
        return TimelineEntries.entry(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("event"),
                row.getString("who"),
                new TimelineEntries.Details(
                        row.getString("setting"), row.getString("before"), row.getString("now"), row.getString("why")));
    }
}
