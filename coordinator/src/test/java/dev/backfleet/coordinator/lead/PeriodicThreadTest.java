package dev.backfleet.coordinator.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.metric.DutyName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the thread of a duty counts as standing still. */
class PeriodicThreadTest {
    private static final int MANY = 1_000_000;

    private final AtomicLong seconds = new AtomicLong();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private PeriodicThread thread = thread(false);

    @AfterEach
    void close() throws InterruptedException {
        mayEnd.release(MANY);
        thread.close();
    }

    // Two duties a round, each of which waits until the test lets it end.
    private PeriodicThread thread(boolean patient) {
        var duties = new MeasuredDuties(new SimpleMeterRegistry(), () -> Duration.ZERO, lost -> {});
        return new PeriodicThread(
                "duties",
                Duration.ofMillis(1),
                woken -> {
                    duties.run(DutyName.REAP, this::hang);
                    duties.run(DutyName.DISPATCH, this::hang);
                },
                patient,
                new Pulse(() -> Duration.ofSeconds(seconds.get())));
    }

    private void hang() {
        begun.release();
        mayEnd.acquireUninterruptibly();
    }

    private Optional<String> problem() {
        return thread.check().problem().get();
    }

    @Test
    void a_round_that_hangs_is_found_and_one_that_goes_on_slowly_is_not() {
        thread.start();
        begun.acquireUninterruptibly();
        seconds.addAndGet(50);
        assertThat(problem()).isEmpty();
        mayEnd.release();
        begun.acquireUninterruptibly();
        // The second duty of the round has its own minute.
        seconds.addAndGet(50);
        assertThat(problem()).isEmpty();
        seconds.addAndGet(11);
        assertThat(problem()).contains("no progress for 61 s");
    }

    @Test
    void a_round_of_a_patient_thread_may_take_long() {
        thread = thread(true);
        thread.start();
        begun.acquireUninterruptibly();
        seconds.addAndGet(7200);
        assertThat(problem()).isEmpty();
    }

    @Test
    void a_thread_that_is_closed_is_not_missed() throws InterruptedException {
        thread.start();
        begun.acquireUninterruptibly();
        mayEnd.release(MANY);
        thread.close();
        seconds.addAndGet(7200);
        assertThat(problem()).isEmpty();
    }
}
