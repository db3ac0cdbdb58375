package dev.backfleet.coordinator.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the time of jobs is said to have gone. */
class TimeKeeperTest {
    private static final JobMoment.Facts AT_WORK =
            new JobMoment.Facts(false, true, false, true, 2, true, false, false, true);
    private static final JobMoment.Facts NO_SLOT =
            new JobMoment.Facts(false, true, false, false, 0, true, false, false, true);

    private final Books books = new Books();
    private TimeKeeper keeper = new TimeKeeper(books);
    private long epoch = 1;

    @BeforeEach
    void lead() {
        keeper.runOnce(epoch);
    }

    private void pass(int seconds) {
        for (var i = 0; i < seconds; i++) {
            books.now = books.now.plusSeconds(1);
            keeper.runOnce(epoch);
        }
    }

    private void leaderless(int seconds) {
        books.now = books.now.plusSeconds(seconds);
        keeper = new TimeKeeper(books);
        epoch++;
    }

    private double spent(TimeCause cause) {
        return books.of(1).spent.entrySet().stream()
                .filter(entry -> entry.getKey().cause() == cause)
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    @Test
    void each_second_goes_to_what_was_seen_at_its_beginning() {
        var job = books.submit(1);
        pass(1);
        job.run(AT_WORK);
        pass(10);
        job.state = JobState.PAUSED;
        pass(20);
        job.run(NO_SLOT);
        pass(5);
        job.finish(JobState.SUCCEEDED);
        pass(1);
        // The change was seen at the end of the second in which it happened.
        assertThat(spent(TimeCause.PLANNING)).isEqualTo(2);
        assertThat(spent(TimeCause.WORKING)).isEqualTo(10);
        assertThat(spent(TimeCause.PAUSED)).isEqualTo(20);
        assertThat(spent(TimeCause.NO_WORKER)).isEqualTo(4);
        books.assertBooked();
    }

    @Test
    void what_the_throttle_takes_is_its_signals() {
        var job = books.submit(1);
        job.run(AT_WORK);
        pass(1);
        job.factor = 0.25;
        job.signal = "lock-queue";
        pass(20);
        job.factor = 0;
        pass(15);
        // A pause is a person's, whatever the factor was.
        job.state = JobState.PAUSED;
        pass(11);
        job.finish(JobState.CANCELLED);
        pass(1);
        assertThat(books.of(1).spent.get(new Spent(TimeCause.THROTTLED, "lock-queue")))
                .isCloseTo(0.75 * 20 + 15, within(1e-9));
        assertThat(spent(TimeCause.WORKING)).isCloseTo(2 + 0.25 * 20, within(1e-9));
        assertThat(spent(TimeCause.PAUSED)).isEqualTo(10);
    }

    @Test
    void a_gap_between_two_leaders_goes_to_the_missing_coordinator() {
        books.submit(1).run(AT_WORK);
        pass(10);
        var before = books.now;
        leaderless(300);
        pass(10);
        assertThat(spent(TimeCause.NO_COORDINATOR))
                .isBetween(300.0, Duration.between(before, books.now).toSeconds() + 5.0);
        assertThat(spent(TimeCause.WORKING)).isGreaterThanOrEqualTo(10);
        books.assertBooked();
    }

    @Test
    void the_time_between_an_end_and_a_retry_is_neither_work_nor_the_coordinators() {
        var job = books.submit(1);
        job.run(AT_WORK);
        pass(10);
        job.finish(JobState.FAILED);
        pass(100);
        leaderless(1_000);
        pass(1);
        job.reopen();
        pass(10);
        assertThat(spent(TimeCause.HALTED)).isBetween(1_100.0, 1_103.0);
        assertThat(spent(TimeCause.NO_COORDINATOR)).isZero();
        books.assertBooked();
    }

    @Test
    void a_running_job_is_sampled_every_ten_seconds_and_any_other_every_minute() {
        var job = books.submit(1);
        job.run(AT_WORK);
        pass(61);
        assertThat(books.samples).hasSize(7).containsOnly(TimeCause.WORKING);
        job.state = JobState.PAUSED;
        books.samples.clear();
        pass(120);
        assertThat(books.samples).hasSize(2).containsOnly(TimeCause.PAUSED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void the_sum_is_the_time_that_has_passed_whatever_happens(long seed) {
        var random = new Random(seed);
        for (var run = 0; run < 200; run++) {
            books.clear();
            keeper = new TimeKeeper(books);
            for (var step = 0; step < 100; step++) {
                step(random);
                books.assertBooked();
            }
            books.fails = false;
            books.losesAnswer = false;
            books.jobs.values().forEach(job -> job.finish(JobState.CANCELLED));
            pass(1);
            pass(1);
            books.assertBooked();
            books.jobs.values().stream().filter(job -> job.known).forEach(job -> assertThat(job.booked)
                    .as("booked until its end, seed %d", seed)
                    .isBetween(
                            job.finishedAt,
                            Objects.requireNonNull(job.finishedAt).plusSeconds(5)));
        }
    }

    private void step(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> books.submit(books.jobs.size() + 1L);
            case 1 -> leaderless(random.nextInt(100));
            case 2 -> books.fails = true;
            case 3 -> books.losesAnswer = true;
            case 4 -> books.any(random).ifPresent(Job::bookedByAnother);
            case 5 -> books.any(random).ifPresent(job -> job.finish(JobState.FAILED));
            case 6 -> books.any(random).ifPresent(job -> job.change(random));
            case 7 -> books.now = books.now.plusMillis(random.nextInt(20_000));
            // A server that has taken over from another.
            case 8 -> books.now = books.now.minusMillis(random.nextInt(50));
            default -> {
                books.any(random).ifPresent(job -> job.change(random));
                tick(random.nextInt(15));
            }
        }
    }

    private void tick(int seconds) {
        try {
            pass(seconds);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("the database is away");
        }
    }

    @Test
    void what_cannot_be_booked_is_booked_later() {
        books.submit(1).run(AT_WORK);
        pass(3);
        books.fails = true;
        assertThatThrownBy(() -> pass(5)).hasMessage("the database is away");
        pass(10);
        assertThat(spent(TimeCause.NO_COORDINATOR)).isLessThanOrEqualTo(1);
        assertThat(spent(TimeCause.WORKING)).isGreaterThan(10);
        books.assertBooked();
    }

    /** A job, and what is booked of it. */
    private final class Job {
        private final Instant submitted;
        private final Map<Spent, Double> spent = new HashMap<>();
        private JobState state = JobState.PLANNING;
        private Instant booked;
        private boolean known;
        private boolean ended;
        private @Nullable Instant finishedAt;
        private double factor = 1;
        private @Nullable String signal;
        private JobMoment.Facts facts = NO_SLOT;

        Job(Instant submitted) {
            this.submitted = submitted;
            this.booked = submitted;
        }

        void run(JobMoment.Facts other) {
            state = JobState.RUNNING;
            facts = other;
        }

        void change(Random random) {
            if (finishedAt != null) {
                reopen();
            }
            state = List.of(JobState.PLANNING, JobState.RUNNING, JobState.RUNNING, JobState.PAUSED, JobState.HALTED)
                    .get(random.nextInt(5));
            factor = random.nextInt(3) / 2.0;
            signal = random.nextBoolean() ? "wal-rate" : null;
            facts = new JobMoment.Facts(
                    random.nextInt(5) == 0,
                    random.nextInt(5) > 0,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean());
        }

        void finish(JobState end) {
            if (finishedAt == null) {
                state = end;
                // Never before what is booked: the clock of the same server only grows.
                finishedAt = books.now.isAfter(booked) ? books.now : booked;
            }
        }

        void reopen() {
            state = JobState.RUNNING;
            finishedAt = null;
        }

        boolean isListed() {
            return finishedAt == null || (known && !(ended && !booked.isBefore(finishedAt)));
        }

        void bookedByAnother() {
            if (known && finishedAt == null && books.now.isAfter(booked)) {
                add(Map.of(Spent.on(TimeCause.WORKING), seconds(booked, books.now)));
                booked = books.now;
            }
        }

        void add(Map<Spent, Double> more) {
            more.forEach((what, seconds) -> spent.merge(what, seconds, Double::sum));
        }

        private static double seconds(Instant from, Instant until) {
            return Duration.between(from, until).toNanos() / 1e9;
        }
    }

    /** The control schema. */
    private final class Books implements TimeBooks {
        private final Map<Long, Job> jobs = new TreeMap<>();
        private final List<TimeCause> samples = new ArrayList<>();
        private Instant now = Instant.parse("2026-11-21T10:00:00Z");
        private boolean fails;
        private boolean losesAnswer;

        Job submit(long id) {
            var job = new Job(now);
            jobs.put(id, job);
            return job;
        }

        Job of(long id) {
            var job = jobs.get(id);
            assertThat(job).isNotNull();
            return job;
        }

        Optional<Job> any(Random random) {
            return jobs.values().stream()
                    .skip(jobs.isEmpty() ? 0 : random.nextInt(jobs.size()))
                    .findFirst();
        }

        void clear() {
            jobs.clear();
            fails = false;
            losesAnswer = false;
        }

        void assertBooked() {
            jobs.forEach((id, job) -> {
                assertThat(job.spent.values()).allMatch(seconds -> seconds >= 0);
                assertThat(job.spent.values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        .as("job %d", id)
                        .isCloseTo(Job.seconds(job.submitted, job.booked), within(1e-6));
            });
        }

        @Override
        public Look look() {
            return new Look(
                    now,
                    jobs.entrySet().stream()
                            .filter(job -> job.getValue().isListed())
                            .map(job -> moment(job.getKey(), job.getValue()))
                            .toList());
        }

        private JobMoment moment(long id, Job job) {
            return new JobMoment(
                    id,
                    job.state,
                    job.finishedAt == null ? now : job.finishedAt,
                    job.booked,
                    job.ended,
                    job.factor,
                    job.signal,
                    false,
                    job.facts);
        }

        @Override
        public Set<Long> book(List<Entry> entries) {
            if (fails) {
                fails = false;
                throw new IllegalStateException("the database is away");
            }
            var booked = entries.stream().filter(this::book).map(Entry::job).collect(Collectors.toSet());
            if (losesAnswer) {
                losesAnswer = false;
                throw new IllegalStateException("the database is away");
            }
            return booked;
        }

        private boolean book(Entry entry) {
            var job = jobs.get(entry.job());
            if (job == null || !job.booked.equals(entry.from())) {
                return false;
            }
            job.known = true;
            job.booked = entry.until();
            job.ended = entry.ended();
            job.add(entry.seconds());
            return true;
        }

        @Override
        public void sample(Map<Long, TimeCause> due) {
            samples.addAll(due.values());
        }

        @Override
        public void thin() {}
    }
}
