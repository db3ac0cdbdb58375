package dev.backfleet.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many messages a flood leaves. */
class LogSampleTest {

    @Test
    void one_message_per_interval_passes_and_says_how_many_did_not() {
        var now = new AtomicLong(Long.MAX_VALUE - 10);
        var sample = new LogSample(Duration.ofSeconds(1), now::get);
        assertThat(sample.next()).hasValue(0);
        assertThat(sample.next()).isEmpty();
        now.addAndGet(999_999_999L);
        assertThat(sample.next()).isEmpty();
        now.incrementAndGet();
        assertThat(sample.next()).hasValue(2);
        assertThat(sample.next()).isEmpty();
    }
}
