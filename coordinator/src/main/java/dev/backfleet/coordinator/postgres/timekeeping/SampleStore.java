package dev.backfleet.coordinator.postgres.timekeeping;

import dev.backfleet.coordinator.timekeeping.Outlook;
import dev.backfleet.coordinator.timekeeping.Outlooks;
import dev.backfleet.coordinator.timekeeping.Spent;
import dev.backfleet.coordinator.timekeeping.TimeBooks;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.sample}. */
final class SampleStore {

    // Until nobody could look at the job, it was as its last sample says: a job at rest has one each minute.
    private static final String PROLONG = """
            insert into backfleet.sample
              (job_id, at, walked, changed, speed, rate_limit, factor, signal, cause, slots, busy, worked, held)
            select s.job_id, g.since, s.walked, s.changed, null, s.rate_limit, s.factor, s.signal, s.cause, s.slots, s.busy, s.worked, s.held
            from unnest(:jobs, :since::timestamptz[]) as g (job, since)
            cross join lateral (
              select * from backfleet.sample s where s.job_id = g.job order by s.at desc limit 1) s
            where s.at < g.since - interval '10 seconds'
            on conflict do nothing
            """;

    private static final String ADD = """
            insert into backfleet.sample
              (job_id, at, walked, changed, speed, rate_limit, factor, signal, cause, slots, busy, worked, held)
            select j.id, now(), j.tallied_walked + b.walked, j.tallied_changed + b.changed,
                   case when j.state = 'RUNNING' and j.measured_at > now() - interval '5 seconds' then j.rows_per_second end,
                   least(j.rate_limit::double precision, j.wal_rows), j.factor,
                   coalesce(nullif(g.signal, ''), case when j.factor < 1 then t.signal end), g.cause,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING'),
                   k.busy, k.worked, k.held
            from unnest(:jobs, :causes, :signals) as g (job, cause, signal)
            join backfleet.job j on j.id = g.job
            left join backfleet.throttle t on t.job_id = j.id
            cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed, coalesce(sum(rows_walked), 0)::bigint as walked
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) b
            cross join lateral (
              select coalesce(sum(seconds) filter (where not cause = any(:idle)), 0) as busy,
                     coalesce(sum(seconds) filter (where cause = any(:work)), 0) as worked,
                     coalesce(sum(seconds) filter (where cause = any(:holding)), 0) as held
              from backfleet.job_time where job_id = j.id) k
            on conflict do nothing
            """;

    private static final String RECENT = """
            select s.job_id, s.at, s.walked, s.worked, s.held, s.rate_limit, s.cause,
                   case when s.cause = 'throttled' then coalesce(s.signal, '') else '' end as signal
            from unnest(:jobs) as g (job) join backfleet.sample s on s.job_id = g.job
            where s.at > now() - :span::interval and s.worked is not null
            order by s.job_id, s.at
            """;

    private static final String SET_OUTLOOK = """
            update backfleet.job_clock
            set speed_slow = :slow, speed_usual = :usual, speed_fast = :fast, speeds_measured = :measured,
                work_share = :share, work_deviation = :deviation, work_blocks = :blocks, work_block_seconds = :blockSeconds,
                held_by = :heldBy, held_by_signal = :signal
            where job_id = :job
            """;

    private static final String THIN = """
            with old as (
              select s.job_id, s.at, row_number() over (partition by s.job_id, date_trunc('minute', s.at) order by s.at) as place
              from backfleet.sample s where not s.coarse and s.at < date_trunc('minute', now() - interval '1 day')
            ), gone as (
              delete from backfleet.sample s using old o where s.job_id = o.job_id and s.at = o.at and o.place > 1
            )
            update backfleet.sample s set coarse = true from old o where s.job_id = o.job_id and s.at = o.at and o.place = 1
            """;

    private static final String FORGET = """
            delete from backfleet.sample s using backfleet.job j
            where j.id = s.job_id and j.finished_at < now() - interval '30 days'
            """;

    // Nor does a time in which a lock was in the way say how fast the job is without it.
    private static final List<String> IDLE = causes(cause -> !cause.tellsSpeed());

    private static final List<String> WORK = causes(TimeCause::isWork);

    private static final List<String> HOLDING = causes(TimeCause::holdsBack);

    private final Handle handle;

    SampleStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds one of each job, and stores its outlook. */
    void add(List<TimeBooks.Sample> samples) {
        var ids = samples.stream().map(TimeBooks.Sample::job).toList();
        var since = samples.stream()
                .map(sample -> sample.since() == null ? null : sample.since().toString())
                .toList();
        var causes =
                samples.stream().map(sample -> sample.cause().cause().text()).toList();
        var signals = samples.stream().map(sample -> sample.cause().signal()).toList();
        handle.createUpdate(PROLONG)
                .bindArray("jobs", Long.class, ids)
                .bindArray("since", String.class, since)
                .execute();
        handle.createUpdate(ADD)
                .bindArray("jobs", Long.class, ids)
                .bindArray("causes", String.class, causes)
                .bindArray("signals", String.class, signals)
                .bindArray("idle", String.class, IDLE)
                .bindArray("work", String.class, WORK)
                .bindArray("holding", String.class, HOLDING)
                .execute();
        recent(ids).forEach((job, points) -> set(job, Outlooks.of(points)));
    }

    private Map<Long, List<Outlooks.Point>> recent(List<Long> jobs) {
        var recent = new HashMap<Long, List<Outlooks.Point>>();
        jobs.forEach(job -> recent.put(job, new ArrayList<>()));
        handle.createQuery(RECENT)
                .bindArray("jobs", Long.class, jobs)
                .bind("span", Outlooks.SPAN.toString())
                .map((row, context) -> recent.getOrDefault(row.getLong("job_id"), new ArrayList<>())
                        .add(point(row)))
                .list();
        return recent;
    }

    private static Outlooks.Point point(ResultSet row) throws SQLException {
        return new Outlooks.Point(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getLong("walked"),
                row.getDouble("worked"),
                row.getDouble("held"),
                row.getObject("rate_limit", Double.class),
                new Spent(TimeCause.of(row.getString("cause")), row.getString("signal")));
    }

    private void set(long job, Outlook outlook) {
        var speeds = Optional.ofNullable(outlook.speeds());
        var heldBy = Optional.ofNullable(outlook.heldBy());
        handle.createUpdate(SET_OUTLOOK)
                .bind("job", job)
                .bind("slow", speeds.map(Outlook.Speeds::slow).orElse(null))
                .bind("usual", speeds.map(Outlook.Speeds::usual).orElse(null))
                .bind("fast", speeds.map(Outlook.Speeds::fast).orElse(null))
                .bind("measured", speeds.map(Outlook.Speeds::measured).orElse(null))
                .bind("share", outlook.work().mean())
                .bind("deviation", outlook.work().deviation())
                .bind("blocks", outlook.work().blocks())
                .bind("blockSeconds", outlook.work().blockSeconds())
                .bind("heldBy", heldBy.map(spent -> spent.cause().text()).orElse(null))
                .bind("signal", heldBy.map(Spent::signal).orElse(null))
                .execute();
    }

    private static List<String> causes(Predicate<TimeCause> which) {
        return Arrays.stream(TimeCause.values())
                .filter(which)
                .map(TimeCause::text)
                .toList();
    }

    /** Of the days that are over, one a minute stays; of jobs that finished 30 days ago, none. */
    void thin() {
        handle.execute(THIN);
        handle.execute(FORGET);
    }
}
