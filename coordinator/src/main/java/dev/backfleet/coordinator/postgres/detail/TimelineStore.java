package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.detail.Timeline;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read what is stored of a job's past: the audit, the job's times, its quarantine, its notes. */
final class TimelineStore {

    private static final String NAME = "select name from backfleet.job where id = :job";

    // What a shard waits for now is not an event: its status has it. Each part reads at most as many rows as are shown.
    // What was done to the fleet concerns a job from its submission
    // to its end.
    private static final String ENTRIES = """
            with j as (select * from backfleet.job where id = :job)
            select * from (
              (select a.at, a.id as place, a.action as event, a.who, a.setting, a.old_value as before, a.new_value as now
               from backfleet.audit a where a.job_id = :job order by a.id desc limit :limit + 1)
              union all
              (select a.at, a.id, a.action, a.who, null, null, a.new_value
               from backfleet.audit a, j
               where a.job_id is null and a.job_name is null and a.at >= j.submitted_at
                 and a.at <= coalesce(j.finished_at, 'infinity')
               order by a.id desc limit :limit + 1)
              union all
              select started_at, 0, 'start', null, null, null, to_char(rows_estimated, 'FM999,999,999,999,990') || ' rows'
              from j where started_at is not null
              union all
              select wave_done_at, 0, 'wave-done', null, null, null, wave::text from j where wave_done_at is not null
              union all
              select troubled_at, 0, 'trouble', null, null, null, coalesce(trouble, '') from j where troubled_at is not null
              union all
              select finished_at, 9223372036854775807, 'end', null, null, state, coalesce(error, case when state <> 'SUCCEEDED' then reason end)
              from j where finished_at is not null
              union all
              (select q.at, 0, 'quarantine', null, null, j.quarantined::text, q.sqlstate || ' ' || q.message
               from backfleet.quarantine q, j where q.job_id = :job order by q.id limit 1)
              union all
              (select n.at, 0, 'note', null, null, null, n.note from backfleet.job_note n
               where n.job_id = :job and n.topic !~ '^(walk|tries) of shard ' order by n.at desc limit :limit + 1)
              union all
              (select min(since), 0, 'held', null, cause, signal, extract(epoch from max(at) - min(since))::bigint::text
               from (
                 select s.*, coalesce(lag(at) over w, at) as since, sum(changes) over w as stretch
                 from (
                   select at, cause, signal, case when (cause, signal) = (lag(cause) over w, lag(signal) over w) then 0 else 1 end as changes
                   from (select at, cause, case when cause = 'throttled' then coalesce(signal, '') else '' end as signal
                         from backfleet.sample where job_id = :job order by at desc limit :samples) s
                   window w as (order by at)
                 ) s window w as (order by at)
               ) s
               where cause in ('throttled', 'no-progress', 'waits-for-slot', 'no-worker', 'no-coordinator', 'database',
                               'halted', 'trouble', 'outside-window', 'waits-for-wave')
               group by stretch, cause, signal having max(at) - min(since) >= interval '20 seconds'
               order by 1 desc limit :limit + 1)
              union all
              select now(), 9223372036854775807, 'now', null, null, state, coalesce(error, reason) from j where finished_at is null
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
        var event = row.getString("event");
        var setting = row.getString("setting");
        var before = row.getString("before");
        var now = row.getString("now");
        return event.equals("held")
                ? new Timeline.Entry(at(row), setting, null, held(setting, before, row.getLong("now")))
                : new Timeline.Entry(at(row), event, row.getString("who"), text(event, setting, before, now));
    }

    private static Instant at(ResultSet row) throws SQLException {
        return row.getObject("at", OffsetDateTime.class).toInstant();
    }

    private static String held(String cause, String signal, long seconds) {
        return words(TimeCause.of(cause)) + (signal.isEmpty() ? "" : " by " + signal) + " for about "
                + HumanText.elapsed(Duration.ofSeconds(seconds));
    }

    private static String words(TimeCause cause) {
        return switch (cause) {
            case HALTED -> "HALTED";
            case TROUBLE -> "paused by itself";
            default -> cause.words();
        };
    }

    private static String text(String event, @Nullable String setting, @Nullable String before, @Nullable String now) {
        return switch (event) {
            case "submit" -> "submitted" + (now == null ? "" : " with --force, in spite of " + now);
            case "pause" -> because("paused", now);
            case "resume" -> because("resumed", now);
            case "cancel" -> because("cancelled", now);
            case "set" ->
                String.valueOf(setting).startsWith("set.")
                        ? "replaced the expression of "
                                + String.valueOf(setting).substring(4) + ": from " + before + " to " + now
                        : "set " + setting + " from " + before + " to " + now;
            case "promote" -> "began wave " + now;
            case "retry" -> "retried " + now;
            case "start" -> because("planned, and RUNNING for the first time", now == null ? null : "about " + now);
            case "wave-done" -> "wave " + now + " was done";
            case "trouble" -> "paused itself" + (String.valueOf(now).isEmpty() ? "" : ": SQLSTATE " + now);
            case "quarantine" ->
                "the first of " + before + ("1".equals(before) ? " row" : " rows") + " in quarantine: " + now;
            case "note" -> String.valueOf(now);
            case "end" -> because(String.valueOf(before), now);
            case "now" -> because("is " + before, now);
            default -> because(event, now);
        };
    }

    private static String because(String what, @Nullable String why) {
        return why == null ? what : what + ": " + why;
    }
}
