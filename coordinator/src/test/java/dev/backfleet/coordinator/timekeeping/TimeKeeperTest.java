package dev.backfleet.coordinator.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the time of jobs is said to have gone. */
class TimeKeeperTest {
    private static final JobMoment.Facts AT_WORK =
            new JobMoment.Facts(false, true, false, true, 2, true, false, false, false, true);
    static final JobMoment.Facts NO_SLOT =
            new JobMoment.Facts(false, true, false, false, 0, true, false, false, false, true);

    private final MemoryBooks books = new MemoryBooks();
    private long unanswered;
    private TimeKeeper keeper = new TimeKeeper(books, () -> unanswered);
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
        keeper = new TimeKeeper(books, () -> unanswered);
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
        assertThat(spent(TimeCause.PLANNING)).as("the plan's end is stored").isEqualTo(1);
        assertThat(spent(TimeCause.WORKING)).isEqualTo(11);
        assertThat(spent(TimeCause.PAUSED)).isEqualTo(20);
        assertThat(spent(TimeCause.NO_WORKER)).isEqualTo(4);
        books.assertBooked();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void a_job_that_was_planned_between_two_looks_was_planned_for_no_longer(int seconds) {
        var job = books.submit(1);
        books.now = books.now.plusMillis(400);
        job.run(AT_WORK);
        books.now = books.now.plusSeconds(seconds);
        keeper.runOnce(epoch);
        pass(1);
        job.finish(JobState.SUCCEEDED);
        pass(1);
        assertThat(spent(TimeCause.PLANNING)).isCloseTo(0.4, within(1e-9));
        assertThat(spent(TimeCause.WORKING)).isCloseTo(seconds + 1, within(1e-9));
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
        assertThat(books.samples).containsExactly(TimeCause.WORKING, TimeCause.PAUSED);
    }

    @Test
    void each_sample_finds_the_time_until_then_booked() {
        var job = books.submit(1);
        job.run(AT_WORK);
        books.atSample = () -> assertThat(job.booked).isEqualTo(books.now);
        pass(61);
        assertThat(books.samples).hasSize(7);
    }

    private void away(int seconds) {
        books.now = books.now.plusSeconds(seconds);
        unanswered++;
    }

    @Test
    void a_time_without_an_answer_of_the_database_is_no_work_and_not_the_workers() {
        books.submit(1).run(AT_WORK);
        books.submit(2).run(NO_SLOT);
        pass(12);
        books.samples.clear();
        away(40);
        pass(1);
        // Its lease has expired in the meantime, and no other coordinator has taken it.
        epoch++;
        pass(5);
        assertThat(spent(TimeCause.DATABASE)).isEqualTo(41);
        assertThat(spent(TimeCause.WORKING)).isEqualTo(17);
        assertThat(books.of(2).spent.get(Spent.on(TimeCause.DATABASE))).isEqualTo(41);
        assertThat(books.samples).containsExactly(TimeCause.DATABASE, TimeCause.DATABASE);
        books.assertBooked();
    }

    @Test
    void a_time_in_which_the_leader_itself_stood_still_is_the_missing_coordinators() {
        books.submit(1).run(AT_WORK);
        pass(12);
        books.samples.clear();
        books.now = books.now.plusSeconds(40);
        epoch++;
        pass(6);
        assertThat(spent(TimeCause.NO_COORDINATOR)).isEqualTo(41);
        assertThat(spent(TimeCause.WORKING)).isEqualTo(17);
        assertThat(books.samples).containsExactly(TimeCause.NO_COORDINATOR);
    }

    @Test
    void a_booking_whose_answer_was_lost_does_not_make_work_of_the_time_without_the_database() {
        books.submit(1).run(AT_WORK);
        // The first sample is booked at once, and what follows after five seconds.
        pass(5);
        books.losesAnswer = true;
        assertThatThrownBy(() -> pass(1)).hasMessage("the database is away");
        away(40);
        pass(10);
        assertThat(spent(TimeCause.DATABASE)).isEqualTo(41);
        assertThat(spent(TimeCause.WORKING)).isLessThanOrEqualTo(15);
        books.assertBooked();
    }

    @Test
    void another_coordinators_bookings_stay_as_they_are() {
        var job = books.submit(1);
        job.run(AT_WORK);
        pass(12);
        books.now = books.now.plusSeconds(100);
        job.bookedByAnother();
        books.now = books.now.plusSeconds(20);
        epoch += 2;
        pass(10);
        assertThat(spent(TimeCause.NO_COORDINATOR)).isEqualTo(21);
        books.assertBooked();
    }

    @Test
    void a_sample_tells_what_the_time_before_it_went_to() {
        var job = books.submit(1);
        job.run(AT_WORK);
        pass(12);
        job.state = JobState.HALTED;
        pass(26);
        books.samples.clear();
        job.run(NO_SLOT);
        pass(2);
        assertThat(books.samples).containsExactly(TimeCause.HALTED);
        // A takeover within seconds does not hide what the job was in for the minute before.
        job.state = JobState.PAUSED;
        pass(70);
        books.samples.clear();
        leaderless(4);
        pass(1);
        assertThat(books.samples).containsExactly(TimeCause.PAUSED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void the_sum_is_the_time_that_has_passed_whatever_happens(long seed) {
        var random = new Random(seed);
        for (var run = 0; run < 200; run++) {
            books.clear();
            keeper = new TimeKeeper(books, () -> unanswered);
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
            case 4 -> books.any(random).ifPresent(MemoryBooks.Job::bookedByAnother);
            case 5 -> books.any(random).ifPresent(job -> job.finish(JobState.FAILED));
            case 6 -> books.any(random).ifPresent(job -> job.change(random));
            case 7 -> {
                books.now = books.now.plusMillis(random.nextInt(20_000));
                unanswered += random.nextInt(2);
                epoch += random.nextInt(2);
            }
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
}
