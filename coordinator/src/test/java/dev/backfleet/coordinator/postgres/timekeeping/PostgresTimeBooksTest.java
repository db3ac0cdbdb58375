package dev.backfleet.coordinator.postgres.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.timekeeping.JobMoment;
import dev.backfleet.coordinator.timekeeping.Spent;
import dev.backfleet.coordinator.timekeeping.TimeBooks;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import dev.backfleet.coordinator.timekeeping.TimeKeeper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Time and samples of jobs in a real PostgreSQL. */
@Tag("server")
class PostgresTimeBooksTest {
    private final ControlRows rows = new ControlRows();
    private final PostgresTimeBooks books = new PostgresTimeBooks(rows.database());

    @AfterEach
    void close() {
        rows.close();
    }

    private String ask(String sql) {
        return rows.database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .mapTo(String.class)
                .one());
    }

    private JobMoment moment(long job) {
        return books.look().jobs().stream()
                .filter(moment -> moment.job() == job)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_a_job_does_is_read() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "PENDING", 0, 0);
        assertThat(moment(job).cause()).isEqualTo(TimeCause.NO_WORKER);
        rows.worker("w-1", true);
        assertThat(moment(job).cause()).isEqualTo(TimeCause.WAITS_FOR_SLOT);
        rows.shard(job, 2, "w-1", 10, 10);
        assertThat(moment(job).cause()).isEqualTo(TimeCause.WORKING);
        rows.execute(
                "update backfleet.job set rows_per_second = 49000, walked_per_second = 49000, measured_at = now()");
        assertThat(moment(job).cause()).isEqualTo(TimeCause.AT_LIMIT);
        rows.execute(
                "update backfleet.job set walked_per_second = 0, rows_per_second = 0, started_at = now() - interval '1 minute'");
        assertThat(moment(job).cause()).isEqualTo(TimeCause.NO_PROGRESS);
        rows.execute("update backfleet.worker set lock_tries = jsonb_build_object(?::text, '[3, 7]'::jsonb)", job);
        assertThat(moment(job).cause()).isEqualTo(TimeCause.NO_PROGRESS);
        rows.execute("update backfleet.worker set lock_tries = jsonb_build_object(?::text, '[4, 7]'::jsonb)", job);
        assertThat(moment(job).cause()).isEqualTo(TimeCause.LOCKS);
        rows.execute("update backfleet.job set factor = 0");
        rows.execute("insert into backfleet.throttle (job_id, signal) values (?, 'wal-rate')", job);
        assertThat(moment(job).shares()).isEqualTo(Map.of(new Spent(TimeCause.THROTTLED, "wal-rate"), 1.0));
        rows.pauseFleet("ann", "lag");
        assertThat(moment(job).cause()).isEqualTo(TimeCause.FLEET_PAUSED);
        rows.execute("update backfleet.job set state = 'PAUSED', trouble = '53100'");
        assertThat(moment(job).cause()).isEqualTo(TimeCause.TROUBLE);
    }

    @Test
    void time_is_booked_once_and_only_where_nobody_else_has_booked() {
        var job = rows.job("names", "RUNNING");
        var first = moment(job);
        assertThat(first.booked()).isEqualTo(first.booked());
        var until = first.booked().plusSeconds(10);
        var entry = new TimeBooks.Entry(
                job,
                first.booked(),
                until,
                false,
                Map.of(Spent.on(TimeCause.WORKING), 8.0, new Spent(TimeCause.THROTTLED, "wal-rate"), 2.0));
        var gone = new TimeBooks.Entry(99, first.booked(), until, false, Map.of(Spent.on(TimeCause.WORKING), 10.0));
        assertThat(books.book(List.of(entry, gone))).containsExactly(job);
        assertThat(books.book(List.of(entry))).isEmpty();
        assertThat(moment(job).booked()).isEqualTo(until);
        var next =
                new TimeBooks.Entry(job, until, until.plusSeconds(1), true, Map.of(Spent.on(TimeCause.WORKING), 1.0));
        assertThat(books.book(List.of(next))).containsExactly(job);
        assertThat(
                        ask(
                                "select string_agg(cause || signal || ' ' || seconds, ', ' order by cause) from backfleet.job_time"))
                .isEqualTo("throttledwal-rate 2, working 9");
        assertThat(moment(job).ended()).isTrue();
        rows.execute("update backfleet.leader set coordinator = 'c', lease_until = now() + interval '1 hour'");
        assertThat(new PostgresQueries(rows.database())
                        .job(job)
                        .orElseThrow()
                        .time()
                        .spent())
                .containsExactly(
                        new JobTime.Part(TimeCause.WORKING, null, 9),
                        new JobTime.Part(TimeCause.THROTTLED, "wal-rate", 2));
    }

    @Test
    void while_nobody_leads_a_status_adds_the_time_that_is_not_booked() {
        var job = rows.job("names", "RUNNING");
        new TimeKeeper(books, () -> 0).runOnce(1);
        rows.execute(
                "insert into backfleet.job_clock (job_id, since, booked_until) values (?, now() - interval '1 hour', now() - interval '20 minutes')"
                        + " on conflict (job_id) do update set since = excluded.since, booked_until = excluded.booked_until",
                job);
        var time = new PostgresQueries(rows.database()).job(job).orElseThrow().time();
        assertThat(time.spent()).singleElement().satisfies(part -> {
            assertThat(part.cause()).isEqualTo(TimeCause.NO_COORDINATOR);
            assertThat(part.seconds()).isBetween(1_200.0, 1_260.0);
        });
    }

    @Test
    void of_a_job_that_has_finished_only_the_rest_of_its_time_is_read() {
        var job = rows.job("names", "RUNNING");
        var first = moment(job);
        books.book(List.of(new TimeBooks.Entry(job, first.booked(), first.at(), false, Map.of())));
        rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
        var last = moment(job);
        assertThat(last.state()).isEqualTo(JobState.SUCCEEDED);
        books.book(List.of(new TimeBooks.Entry(job, last.booked(), last.at(), true, Map.of())));
        assertThat(books.look().jobs()).isEmpty();
    }

    private void sampleOf(int secondsAgo, long walked, int worked, int held, int limit) {
        rows.execute(
                "insert into backfleet.sample (job_id, at, walked, changed, rate_limit, factor, cause, slots, busy, worked, held) "
                        + "select id, now() - ? * interval '1 second', ?, 0, ?, 1, 'working', 1, 0, ?, ? from backfleet.job",
                secondsAgo,
                walked,
                limit,
                worked,
                held);
    }

    private void worked(long job, Map<Spent, Double> seconds) {
        var from = moment(job).booked();
        var all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        books.book(List.of(new TimeBooks.Entry(job, from, from.plusSeconds(Math.round(all)), false, seconds)));
    }

    private String told() {
        return ask(
                "select concat_ws(' ', round(speed_slow), round(speed_usual), round(speed_fast), speeds_measured, work_share,"
                        + " held_by || held_by_signal) from backfleet.job_clock");
    }

    @Test
    void a_sample_tells_how_fast_the_job_was_while_it_worked_and_for_which_share_of_the_time() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "w-1", 100, 90);
        worked(job, Map.of(Spent.on(TimeCause.WORKING), 5.0));
        books.sample(List.of(new TimeBooks.Sample(job, Spent.on(TimeCause.WORKING), null)));
        assertThat(
                        ask(
                                "select concat_ws(' ', walked, changed, slots, busy, cause, worked, held) from backfleet.sample"))
                .isEqualTo("100 90 1 5 working 5 0");
        assertThat(told()).isEqualTo("1");
        rows.execute("delete from backfleet.sample");
        rows.execute("update backfleet.job set rate_limit = 1000");
        // Of long ago, and under another limit.
        sampleOf(3_700, 0, 0, 0, 1_000);
        sampleOf(50, 0, 0, 0, 500);
        sampleOf(40, 500, 10, 0, 500);
        sampleOf(30, 1_500, 20, 0, 1_000);
        sampleOf(20, 2_500, 30, 0, 1_000);
        sampleOf(10, 2_900, 32, 8, 1_000);
        rows.execute("update backfleet.shard set rows_walked = 4_100");
        worked(
                job,
                Map.of(
                        Spent.on(TimeCause.WORKING),
                        37.0,
                        new Spent(TimeCause.THROTTLED, "wal-rate"),
                        3.0,
                        Spent.on(TimeCause.LOCKS),
                        5.0,
                        Spent.on(TimeCause.PAUSED),
                        100.0));
        books.sample(List.of(new TimeBooks.Sample(job, Spent.on(TimeCause.WORKING), null)));
        // 100, 200 and 120 rows per second of work; 42 of 50 seconds of work.
        assertThat(told()).isEqualTo("100 118 120 3 0.84");
    }

    @Test
    void a_job_that_has_not_worked_within_a_minute_is_told_to_be_held_back() {
        var job = rows.job("names", "RUNNING");
        rows.shard(job, 1, "w-1", 100, 90);
        sampleOf(70, 100, 0, 0, 50_000);
        sampleOf(55, 110, 0, 5, 50_000);
        sampleOf(10, 150, 0, 50, 50_000);
        worked(job, Map.of(Spent.on(TimeCause.LOCKS), 60.0));
        books.sample(List.of(new TimeBooks.Sample(job, Spent.on(TimeCause.LOCKS), null)));
        assertThat(told()).isEqualTo("0 locks");
        books.sample(List.of(new TimeBooks.Sample(job, new Spent(TimeCause.THROTTLED, "wal-rate"), null)));
        assertThat(told()).isEqualTo("0 throttledwal-rate");
        worked(job, Map.of(Spent.on(TimeCause.WORKING), 5.0));
        books.sample(List.of(new TimeBooks.Sample(job, Spent.on(TimeCause.WORKING), null)));
        assertThat(told()).doesNotContain("locks", "throttled");
    }

    @Test
    void a_gap_begins_when_nobody_could_look_and_not_with_the_sample_before_it() {
        var job = rows.job("names", "PAUSED");
        rows.execute(
                "insert into backfleet.sample (job_id, at, walked, changed, factor, cause, slots, busy) "
                        + "values (?, now() - interval '100 seconds', 7, 6, 1, 'paused', 0, 5)",
                job);
        books.sample(List.of(new TimeBooks.Sample(
                job, Spent.on(TimeCause.DATABASE), books.look().at().minusSeconds(42))));
        assertThat(ask(
                        "select string_agg(cause || ' ' || walked || ' ' || round(extract(epoch from now() - at) / 10), ', ' order by at)"
                                + " from backfleet.sample"))
                .isEqualTo("paused 7 10, paused 7 4, database 0 0");
    }

    @Test
    void a_sample_has_the_signal_that_its_time_went_to() {
        var job = rows.job("names", "RUNNING");
        books.sample(List.of(new TimeBooks.Sample(job, new Spent(TimeCause.THROTTLED, "wal-rate"), null)));
        assertThat(ask("select cause || ' ' || signal from backfleet.sample")).isEqualTo("throttled wal-rate");
    }

    @Test
    void samples_are_thinned_after_a_day_and_gone_thirty_days_after_the_end() {
        var job = rows.job("names", "RUNNING");
        var over = rows.job("over", "SUCCEEDED");
        for (var id : List.of(job, over)) {
            rows.execute(
                    "insert into backfleet.sample (job_id, at, walked, changed, factor, cause, slots, busy) "
                            + "select ?, date_trunc('minute', now()) - interval '30 hours' + i * interval '10 seconds', i, i, 1, 'working', 1, i "
                            + "from generate_series(0, 10799) i",
                    id);
        }
        // Twice, since what is thinned must stay as it is.
        for (var thinned = 0; thinned < 2; thinned++) {
            var before = ask("select date_trunc('minute', now() - interval '24 hours')");
            books.thin();
            var after = ask("select date_trunc('minute', now() - interval '24 hours')");
            // The clock goes on meanwhile: the minutes from the one moment to the other may be thinned or not.
            assertThat(minutesWithout(1, "date_trunc('minute', at) < timestamptz '" + before + "'"))
                    .isEqualTo("0");
            assertThat(minutesWithout(6, "date_trunc('minute', at) > timestamptz '" + after + "'"))
                    .isEqualTo("0");
            assertThat(ask("select count(distinct (job_id, date_trunc('minute', at))) from backfleet.sample"))
                    .isEqualTo(String.valueOf(2 * 30 * 60));
            assertThat(ask("select count(*) from backfleet.sample where coarse and extract(second from at) <> 0"))
                    .isEqualTo("0");
        }
        rows.execute("update backfleet.job set finished_at = now() - interval '31 days' where id = ?", over);
        books.thin();
        assertThat(ask("select count(distinct job_id) from backfleet.sample")).isEqualTo("1");
    }

    private String minutesWithout(int samples, String of) {
        return ask("select count(*) from (select from backfleet.sample where " + of
                + " group by job_id, date_trunc('minute', at) having count(*) <> " + samples + ") m");
    }
}
