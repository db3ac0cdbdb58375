package dev.backfleet.coordinator.postgres.timekeeping;

import dev.backfleet.coordinator.timekeeping.TimeBooks;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.sample}. */
final class SampleStore {

    // Until nobody could look at the job, it was as its last sample says: a job at rest has one each minute.
    private static final String PROLONG = """
            insert into backfleet.sample
              (job_id, at, walked, changed, speed, rate_limit, factor, signal, cause, slots, busy)
            select s.job_id, g.since, s.walked, s.changed, null, s.rate_limit, s.factor, s.signal, s.cause, s.slots, s.busy
            from unnest(:jobs, :since::timestamptz[]) as g (job, since)
            cross join lateral (
              select * from backfleet.sample s where s.job_id = g.job order by s.at desc limit 1) s
            where s.at < g.since - interval '10 seconds'
            on conflict do nothing
            """;

    private static final String ADD = """
            insert into backfleet.sample (job_id, at, walked, changed, speed, rate_limit, factor, signal, cause, slots, busy)
            select j.id, now(), j.tallied_walked + b.walked, j.tallied_changed + b.changed,
                   case when j.state = 'RUNNING' and j.measured_at > now() - interval '5 seconds' then j.rows_per_second end,
                   least(j.rate_limit::double precision, j.wal_rows), j.factor,
                   coalesce(nullif(g.signal, ''), case when j.factor < 1 then t.signal end), g.cause,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING'),
                   coalesce((select sum(k.seconds) from backfleet.job_time k where k.job_id = j.id and not k.cause = any(:idle)), 0)
            from unnest(:jobs, :causes, :signals) as g (job, cause, signal)
            join backfleet.job j on j.id = g.job
            left join backfleet.throttle t on t.job_id = j.id
            cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed, coalesce(sum(rows_walked), 0)::bigint as walked
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) b
            on conflict do nothing
            """;

    // Over the samples of the last ten minutes under the same limit, without the time in which the job was idle. Of
    // less than
    // ten seconds, a speed says nothing.
    private static final String SET_STEADY = """
            update backfleet.job_clock c
            set steady_walked = case when last.busy - first.busy >= 10 then (last.walked - first.walked) / (last.busy - first.busy) end
            from unnest(:jobs) as g (job)
            cross join lateral (
              select * from backfleet.sample s where s.job_id = g.job order by s.at desc limit 1) last
            cross join lateral (
              select * from backfleet.sample s
              where s.job_id = g.job and s.at > last.at - interval '10 minutes' and s.at > coalesce((
                select max(o.at) from backfleet.sample o
                where o.job_id = g.job and o.at > last.at - interval '10 minutes'
                  and o.rate_limit is distinct from last.rate_limit), '-infinity')
              order by s.at limit 1) first
            where c.job_id = g.job
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
    private static final List<String> IDLE = Arrays.stream(TimeCause.values())
            .filter(cause -> !cause.tellsSpeed())
            .map(TimeCause::text)
            .toList();

    private final Handle handle;

    SampleStore(Handle handle) {
        this.handle = handle;
    }

    /** Adds one of each job, and stores its speed over the last minutes. */
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
                .execute();
        handle.createUpdate(SET_STEADY).bindArray("jobs", Long.class, ids).execute();
    }

    /** Of the days that are over, one a minute stays; of jobs that finished 30 days ago, none. */
    void thin() {
        handle.execute(THIN);
        handle.execute(FORGET);
    }
}
