package dev.backfleet.common.kafka.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.event.Event;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.Target;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events from sink to listener, and their loss without harm. */
@Tag("server")
class EventsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static Event event(int shard) {
        return new Event(Target.DEFAULT, Event.Type.CLAIMED, new ShardId(1, shard), 1, "w", 0, 0, null, Instant.EPOCH);
    }

    @Test
    void every_listener_reads_every_event_and_skips_invalid_ones() {
        var kafka = TestKafka.shared(TaskQueueMode.AUTO).withTopics();
        var heard = new CopyOnWriteArrayList<Event>();
        try (var sink = new KafkaEventSink(kafka.clients(), registry);
                var first = new EventListener(kafka.clients(), heard::add, registry);
                var second = new EventListener(
                        kafka.clients(),
                        event -> {
                            throw new IllegalStateException("does not matter to the first");
                        },
                        registry)) {
            second.start();
            first.start();
            await().atMost(TestKafka.LONG).until(() -> {
                sink.report(event(1));
                return !heard.isEmpty();
            });
            kafka.produce(kafka.topics().events(), "1", "garbage");
            sink.report(event(2));
            await().atMost(TestKafka.LONG).until(() -> heard.contains(event(2)));
            await().atMost(TestKafka.LONG)
                    .until(() -> ProcessMetric.RECORDS_SKIPPED
                                    .counter(registry, "events", "malformed")
                                    .count()
                            == 2);
        }
    }

    @Test
    void without_a_broker_events_are_dropped_and_counted() {
        var clients = new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test");
        try (var sink = new KafkaEventSink(clients, registry)) {
            for (int i = 1; i <= 100; i++) {
                sink.report(event(i));
            }
            assertThat(dropped()).isEqualTo(100);
        }
    }

    @Test
    void a_report_after_the_end_is_dropped() {
        var sink = new KafkaEventSink(new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test"), registry);
        sink.close();
        sink.report(event(1));
        assertThat(dropped()).isEqualTo(1);
    }

    private double dropped() {
        return WorkerMetric.EVENTS_DROPPED.counter(registry).count();
    }
}
