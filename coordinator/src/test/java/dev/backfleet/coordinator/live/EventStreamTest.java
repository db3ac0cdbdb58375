package dev.backfleet.coordinator.live;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a client is sent, however fast it takes it. */
class EventStreamTest {
    private final AtomicLong seconds = new AtomicLong();
    private final AtomicInteger aborts = new AtomicInteger();
    private final Connection connection = new Connection();
    private final EventStream stream =
            new EventStream(connection, aborts::incrementAndGet, () -> Duration.ofSeconds(seconds.get()));

    private void after(int more) {
        seconds.addAndGet(more);
        stream.tick();
    }

    @Test
    void events_are_sent_as_they_come() {
        stream.tell("job", "{}");
        assertThat(connection.taken()).isEmpty();
        var unused = stream.begin();
        stream.onWritePossible();
        stream.tell("fleet", "{\"a\":1}");
        assertThat(connection.taken())
                .isEqualTo("retry: 2000\n\nevent: job\ndata: {}\n\nevent: fleet\ndata: {\"a\":1}\n\n");
        after(14);
        assertThat(connection.taken()).isEmpty();
        after(1);
        assertThat(connection.taken()).isEqualTo(": ping\n\n");
    }

    @Test
    void a_slow_client_gets_the_last_event_of_each_kind_only() {
        var unused = stream.begin();
        stream.onWritePossible();
        connection.taken();
        connection.ready = false;
        stream.tell("job", "1");
        stream.tell("fleet", "2");
        stream.tell("job", "3");
        assertThat(connection.taken()).isEmpty();
        connection.ready = true;
        stream.onWritePossible();
        assertThat(connection.taken()).isEqualTo("event: job\ndata: 3\n\nevent: fleet\ndata: 2\n\n");
    }

    @Test
    void a_client_that_takes_nothing_for_more_than_five_seconds_is_dropped() {
        var unused = stream.begin();
        stream.onWritePossible();
        connection.ready = false;
        stream.tell("job", "1");
        after(5);
        assertThat(aborts).hasValue(0);
        assertThat(stream.ended()).isFalse();
        after(1);
        assertThat(aborts).hasValue(1);
        assertThat(stream.ended()).isTrue();
    }

    @Test
    void a_stream_ends_after_an_hour_or_when_it_is_told_to() {
        var unused = stream.begin();
        stream.onWritePossible();
        after(3600);
        assertThat(stream.ended()).isFalse();
        after(1);
        assertThat(stream.ended()).isTrue();
        var other = new EventStream(new Connection(), aborts::incrementAndGet, () -> Duration.ZERO);
        other.end();
        other.onWritePossible();
        assertThat(other.ended()).isTrue();
        assertThat(aborts).hasValue(0);
    }

    @Test
    void a_client_that_is_gone_ends_its_stream() {
        var unused = stream.begin();
        stream.onError(new IOException("reset"));
        assertThat(stream.ended()).isTrue();
    }

    /** Keeps what is written. */
    private static final class Connection extends ServletOutputStream {
        private final StringBuilder written = new StringBuilder();
        private boolean ready = true;

        private String taken() {
            var text = written.toString();
            written.setLength(0);
            return text;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}

        @Override
        public void write(int one) {
            written.append((char) one);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            written.append(new String(bytes, from, length, StandardCharsets.UTF_8));
        }
    }
}
