package dev.backfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.LostClasses;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Slots are reserved before they are used, and come free however their work ends. */
class SlotsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void there_are_no_more_than_were_opened() throws InterruptedException {
        var slots = new Slots(2, bug -> {});
        assertThat(slots.reserve(LONG)).isTrue();
        assertThat(slots.reserve(LONG)).isTrue();
        assertThat(slots.reserve(Duration.ZERO)).isFalse();
        slots.release();
        assertThat(slots.reserve(Duration.ZERO)).isTrue();
        assertThat(slots.reserve(Duration.ZERO)).isFalse();
    }

    @Test
    void a_slot_is_free_again_even_when_its_work_ends_in_a_bug() throws InterruptedException {
        var slots = new Slots(1, bug -> {});
        for (var i = 0; i < 3; i++) {
            assertThat(slots.reserve(LONG)).isTrue();
            slots.work(() -> {
                throw new IllegalStateException("a bug");
            });
        }
        await().until(() -> slots.reserve(Duration.ZERO));
    }

    @Test
    void a_process_that_cannot_load_its_classes_ends_and_no_other_bug_ends_it() throws InterruptedException {
        var process = new CompletableFuture<Void>();
        var slots = new Slots(1, LostClasses.ending(process));
        slots.reserve(LONG);
        slots.work(() -> {
            throw new IllegalStateException("a bug");
        });
        assertThat(slots.reserve(LONG)).isTrue();
        assertThat(process).isNotDone();
        slots.work(() -> {
            throw new NoClassDefFoundError("dev/backfleet/Gone");
        });
        assertThat(process)
                .failsWithin(LONG)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(ExplainedFailure.class)
                .withMessageContaining("java.lang.NoClassDefFoundError: dev/backfleet/Gone")
                .withMessageContaining("start it again");
    }

    @Test
    void draining_waits_for_the_work_and_says_when_it_could_not() throws InterruptedException {
        var slots = new Slots(1, bug -> {});
        var go = new CountDownLatch(1);
        slots.reserve(LONG);
        slots.work(go::await);
        assertThat(slots.drain(Duration.ZERO)).isFalse();
        // What did not end in time was interrupted.
        await().until(() -> slots.reserve(Duration.ZERO));
        assertThat(slots.drain(LONG)).isTrue();
    }
}
