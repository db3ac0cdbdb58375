package dev.backfleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.NotAccepting;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The database is probed while it is unreachable, even if no slot has work for it. */
class DatabaseWatchTest {
    private final AtomicInteger probes = new AtomicInteger();
    private volatile @Nullable Throwable trouble;
    private volatile boolean readOnly;

    private boolean probe() {
        probes.incrementAndGet();
        if (trouble instanceof Error error) {
            throw error;
        } else if (trouble instanceof RuntimeException failure) {
            throw failure;
        }
        return !readOnly;
    }

    @Test
    void a_suspicion_that_a_probe_refutes_is_over() {
        try (var watch = new DatabaseWatch(this::probe, Ticker.system())) {
            watch.start();
            watch.lost();
            await().until(() -> watch.suspension().isEmpty());
            assertThat(probes).hasPositiveValue();
        }
    }

    @Test
    void only_a_probe_finds_it_available_again() {
        try (var watch = new DatabaseWatch(this::probe, Ticker.system())) {
            trouble = new IllegalStateException("connection refused");
            watch.start();
            watch.lost();
            await().until(watch::isUnreachable);
            assertThat(watch.suspension())
                    .hasValueSatisfying(why -> assertThat(why.reason()).isEqualTo(NotAccepting.DATABASE_UNREACHABLE));
            trouble = null;
            await().until(() -> watch.suspension().isEmpty());
            assertThat(watch.isUnreachable()).isFalse();
        }
    }

    @Test
    void a_database_that_takes_no_writes_gets_no_tasks_and_is_probed_until_it_does() {
        try (var watch = new DatabaseWatch(this::probe, Ticker.system())) {
            readOnly = true;
            watch.start();
            watch.lost();
            await().until(watch::isUnreachable);
            assertThat(watch.suspension())
                    .hasValueSatisfying(why -> assertThat(why.reason()).isEqualTo(NotAccepting.DATABASE_READ_ONLY));
            readOnly = false;
            await().until(() -> watch.suspension().isEmpty());
        }
    }

    @Test
    void an_error_does_not_end_the_probing() {
        try (var watch = new DatabaseWatch(this::probe, Ticker.system())) {
            trouble = new StackOverflowError();
            watch.start();
            watch.lost();
            await().until(() -> probes.get() > 1);
            trouble = null;
            await().until(() -> watch.suspension().isEmpty());
        }
    }
}
