package dev.backfleet.coordinator.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The control schema, in memory. */
final class MemoryBooks implements TimeBooks {
    final Map<Long, Job> jobs = new TreeMap<>();
    final List<TimeCause> samples = new ArrayList<>();
    Instant now = Instant.parse("2026-11-21T10:00:00Z");
    boolean fails;
    boolean losesAnswer;
    Runnable atSample = () -> {};

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
                job.startedAt,
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
    public void sample(List<Sample> due) {
        atSample.run();
        due.forEach(sample -> samples.add(sample.cause().cause()));
    }

    @Override
    public void thin() {}

    /** A job, and what is booked of it. */
    final class Job {
        final Instant submitted;
        final Map<Spent, Double> spent = new HashMap<>();
        JobState state = JobState.PLANNING;
        Instant booked;
        boolean known;
        boolean ended;

        @Nullable
        Instant startedAt;

        @Nullable
        Instant finishedAt;

        double factor = 1;

        @Nullable
        String signal;

        private JobMoment.Facts facts = TimeKeeperTest.NO_SLOT;

        Job(Instant submitted) {
            this.submitted = submitted;
            this.booked = submitted;
        }

        void run(JobMoment.Facts other) {
            state = JobState.RUNNING;
            startedAt = startedAt == null ? now : startedAt;
            facts = other;
        }

        void change(Random random) {
            if (finishedAt != null) {
                reopen();
            }
            state = List.of(JobState.PLANNING, JobState.RUNNING, JobState.RUNNING, JobState.PAUSED, JobState.HALTED)
                    .get(random.nextInt(5));
            if (state != JobState.PLANNING && startedAt == null) {
                startedAt = now;
            }
            factor = random.nextInt(3) / 2.0;
            signal = random.nextBoolean() ? "wal-rate" : null;
            facts = new JobMoment.Facts(
                    random.nextInt(5) == 0,
                    random.nextInt(5) > 0,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3),
                    random.nextBoolean(),
                    random.nextInt(5) == 0,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean());
        }

        void finish(JobState end) {
            if (finishedAt == null) {
                state = end;
                // Never before what is booked: the clock of the same server only grows.
                finishedAt = now.isAfter(booked) ? now : booked;
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
            if (known && finishedAt == null && now.isAfter(booked)) {
                add(Map.of(Spent.on(TimeCause.WORKING), seconds(booked, now)));
                booked = now;
            }
        }

        void add(Map<Spent, Double> more) {
            more.forEach((what, seconds) -> spent.merge(what, seconds, Double::sum));
        }

        private static double seconds(Instant from, Instant until) {
            return Duration.between(from, until).toNanos() / 1e9;
        }
    }
}
