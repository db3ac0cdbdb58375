package dev.backfleet.coordinator.postgres.timekeeping;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.timekeeping.JobMoment;
import dev.backfleet.coordinator.timekeeping.TimeBooks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/** The statements that read what jobs do now, and book their time. */
public final class PostgresTimeBooks implements TimeBooks {

    private static final String NOW = "select now()";

    // A speed of zero is one that was measured over ten seconds.
    private static final String LOOK = """
            with tries as materialized (
              select k.key as job, sum((k.value ->> 0)::integer) as failed, sum((k.value ->> 1)::integer) as of
              from backfleet.worker w, jsonb_each(w.lock_tries) k
              where w.seen_at > now() - interval '5 seconds' group by k.key
            )
            select j.id, j.state, least(now(), coalesce(j.finished_at, now())) as at,
                   coalesce(c.booked_until, j.submitted_at) as booked, j.started_at as started, coalesce(c.ended, false) as ended,
                   j.factor, t.signal, j.trouble is not null as trouble,
                   exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN') as fleet_paused,
                   backfleet.is_open(j.opens_at, j.closes_at) as window_open,
                   j.rollout is not null and j.wave_done_at is not null as wave_done,
                   exists (select from backfleet.worker w where w.taking and w.seen_at > now() - interval '5 seconds') as workers_accept,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') as running,
                   exists (select from backfleet.shard s where s.job_id = j.id and s.state = 'DISPATCHED')
                     or exists (select from backfleet.shard s where s.job_id = j.id and s.state = 'PENDING' and not s.held
                                  and (j.rollout is null or s.wave <= j.wave)) as waiting,
                   exists (select from backfleet.shard s where s.job_id = j.id and s.state = 'PENDING' and s.held) as held,
                   exists (select from tries t where t.job = j.id::text and t.failed >= 3 and 2 * t.failed >= t.of) as meets_locks,
                   coalesce(m.measured and j.rows_per_second >= 0.9 * backfleet.rate_of(j)
                     and (j.rate_limit is not null or j.wal_rows is not null), false) as at_limit,
                   not coalesce(m.measured and j.walked_per_second = 0 and j.started_at < now() - interval '10 seconds', false) as moves
            from backfleet.job j
            left join backfleet.job_clock c on c.job_id = j.id
            left join backfleet.throttle t on t.job_id = j.id
            cross join lateral (select j.measured_at > now() - interval '5 seconds' as measured) m
            where j.finished_at is null or not (c.ended and c.booked_until >= j.finished_at)
            """;

    // Another leader may have booked in between: then nothing is booked twice.
    private static final String BOOK = """
            with given as (
              select * from unnest(:jobs, :from::timestamptz[], :until::timestamptz[], :ended) as g (job, since, until, ended)
            ), moved as (
              insert into backfleet.job_clock as c (job_id, since, booked_until, ended)
              select g.job, g.since, g.until, g.ended from given g where exists (select from backfleet.job j where j.id = g.job)
              on conflict (job_id) do update set booked_until = excluded.booked_until, ended = excluded.ended
              where c.booked_until = excluded.since
              returning job_id
            ), added as (
              insert into backfleet.job_time as t (job_id, cause, signal, seconds)
              select a.job, a.cause, a.signal, a.seconds
              from unnest(:of, :causes, :signals, :seconds) as a (job, cause, signal, seconds) join moved m on m.job_id = a.job
              on conflict (job_id, cause, signal) do update set seconds = t.seconds + excluded.seconds
            )
            select job_id from moved
            """;

    private final Database database;

    public PostgresTimeBooks(Database database) {
        this.database = database;
    }

    @Override
    public Look look() {
        return byIndex(handle -> new Look(
                handle.createQuery(NOW).mapTo(OffsetDateTime.class).one().toInstant(),
                handle.createQuery(LOOK).map((row, context) -> moment(row)).list()));
    }

    @Override
    public Set<Long> book(List<Entry> entries) {
        var of = new ArrayList<Long>();
        var causes = new ArrayList<String>();
        var signals = new ArrayList<String>();
        var seconds = new ArrayList<Double>();
        for (var entry : entries) {
            entry.seconds().forEach((what, time) -> {
                of.add(entry.job());
                causes.add(what.cause().text());
                signals.add(what.signal());
                seconds.add(time);
            });
        }
        return database.jdbi().withHandle(handle -> handle.createQuery(BOOK)
                .bindArray("jobs", Long.class, entries.stream().map(Entry::job).toList())
                .bindArray("from", String.class, texts(entries.stream().map(Entry::from)))
                .bindArray("until", String.class, texts(entries.stream().map(Entry::until)))
                .bindArray(
                        "ended",
                        Boolean.class,
                        entries.stream().map(Entry::ended).toList())
                .bindArray("of", Long.class, of)
                .bindArray("causes", String.class, causes)
                .bindArray("signals", String.class, signals)
                .bindArray("seconds", Double.class, seconds)
                .mapTo(Long.class)
                .collect(Collectors.toSet()));
    }

    @Override
    public void sample(List<Sample> samples) {
        byIndex(handle -> {
            new SampleStore(handle).add(samples);
            return true;
        });
    }

    @Override
    public void thin() {
        database.jdbi().useHandle(handle -> new SampleStore(handle).thin());
    }

    private static List<String> texts(Stream<Instant> moments) {
        return moments.map(Instant::toString).toList();
    }

    // The few shards that count are found by their indexes, however out of date the planner's statistics are.
    private <T> T byIndex(HandleCallback<T, RuntimeException> work) {
        return database.jdbi().inTransaction(handle -> {
            forceIndexes(handle);
            return work.withHandle(handle);
        });
    }

    private static void forceIndexes(Handle handle) {
        handle.execute("set local enable_bitmapscan = off");
        handle.execute("set local enable_seqscan = off");
        handle.execute("set local jit = off");
    }

    private static JobMoment moment(ResultSet row) throws SQLException {
        return new JobMoment(
                row.getLong("id"),
                JobState.valueOf(row.getString("state")),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getObject("booked", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("started", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)
                        .orElse(null),
                row.getBoolean("ended"),
                row.getDouble("factor"),
                row.getString("signal"),
                row.getBoolean("trouble"),
                new JobMoment.Facts(
                        row.getBoolean("fleet_paused"),
                        row.getBoolean("window_open"),
                        row.getBoolean("wave_done"),
                        row.getBoolean("workers_accept"),
                        row.getInt("running"),
                        row.getBoolean("waiting"),
                        row.getBoolean("held"),
                        row.getBoolean("meets_locks"),
                        row.getBoolean("at_limit"),
                        row.getBoolean("moves")));
    }
}
