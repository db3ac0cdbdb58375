package dev.backfleet.common.kafka.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.timeline.Timeline;
import dev.backfleet.common.timeline.Timelines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No pause is missed on a real broker, and a disconnected listener permits nothing. */
@Tag("server")
class ControlListenerTest {
    private static final ControlRecord PAUSE = new ControlRecord(DesiredState.PAUSE, "because", "anna");
    private static final ControlRecord RUN = new ControlRecord(DesiredState.RUN, null, null);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Desired> pending = new CopyOnWriteArrayList<>();
    private final List<ControlView> changes = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private record Desired(Scope scope, Optional<ControlRecord> record, ControlPosition position) {}

    private final ControlObserver observer = new ControlObserver() {
        @Override
        public void onChange(ControlView view) {
            changes.add(view);
        }

        @Override
        public void onDesiredState(Scope scope, Optional<ControlRecord> desired, ControlPosition position) {
            // Only the reader of a record knows its time; the publisher knows its position.
            assertThat(position.at()).isNotNull();
            pending.add(new Desired(scope, desired, new ControlPosition(position.topicId(), position.offset())));
        }
    };

    @AfterEach
    void close_all() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    private static TestKafka kafka() {
        return TestKafka.shared(TaskQueueMode.AUTO);
    }

    private ControlListener listen(TestKafka kafka, ControlObserver with) {
        var listener = new ControlListener(kafka.clients(), Duration.ofSeconds(3), with, registry, new Timelines());
        opened.add(listener);
        listener.start();
        return listener;
    }

    private ControlPublisher publisher(TestKafka kafka) {
        var publisher = new ControlPublisher(kafka.clients());
        opened.add(publisher);
        return publisher;
    }

    private static void awaitView(ControlListener listener, Predicate<ControlView> expected) {
        await().atMost(TestKafka.LONG).until(listener::view, expected);
    }

    @Test
    void nothing_is_permitted_before_the_topic_was_read_and_everything_after_an_empty_one() {
        var kafka = kafka().withTopics();
        var listener = new ControlListener(kafka.clients(), TestKafka.LONG, observer, registry, new Timelines());
        opened.add(listener);
        assertThat(listener.view().fleetMayRun()).isFalse();
        listener.start();
        awaitView(listener, ControlView::fleetMayRun);
        assertThat(changes).hasSize(1).allMatch(ControlView::connected);
        listener.close();
        assertThat(listener.view().fleetMayRun()).isFalse();
    }

    @Test
    void anybody_can_pause_and_resume_with_a_plain_producer() {
        var kafka = kafka().withTopics();
        var listener = listen(kafka, observer);
        awaitView(listener, ControlView::fleetMayRun);
        kafka.produce(kafka.topics().control(), "fleet", " Pause\n");
        awaitView(listener, view -> view.connected() && !view.fleetMayRun());
        kafka.produce(kafka.topics().control(), "job/7", "pause");
        kafka.produce(kafka.topics().control(), "fleet", "resume");
        awaitView(listener, view -> view.fleetMayRun() && !view.mayRun(7) && view.mayRun(8));
        kafka.produce(kafka.topics().control(), "job/7", null);
        awaitView(listener, view -> view.mayRun(7));
    }

    @Test
    void a_malformed_record_is_counted_and_does_not_lift_a_pause() {
        var kafka = kafka().withTopics();
        var control = kafka.topics().control();
        kafka.produce(control, "fleet", "pause");
        for (var garbage : List.of("", "runn", "{\"v\":9,\"state\":\"run\"}", "x".repeat(20_000))) {
            kafka.produce(control, "fleet", garbage);
        }
        kafka.produce(control, "nonsense", "run");
        kafka.produce(control, "job/1", "run");
        var listener = listen(kafka, observer);
        awaitView(listener, view -> view.connected() && view.desired().size() == 2);
        assertThat(listener.view().fleetMayRun()).isFalse();
        assertThat(rejected("malformed")).isEqualTo(2);
        assertThat(rejected("newer")).isEqualTo(1);
        assertThat(rejected("oversized")).isEqualTo(1);
        assertThat(rejected("key")).isEqualTo(1);
    }

    private double rejected(String reason) {
        return ProcessMetric.RECORDS_SKIPPED
                .counter(registry, "control", reason)
                .count();
    }

    @Test
    void only_the_latest_record_of_each_scope_is_delivered_with_the_position_that_its_publisher_knows() {
        var kafka = kafka().withTopics();
        var publisher = publisher(kafka);
        publisher.publish(Scope.job(1), RUN, TestKafka.LONG);
        publisher.publish(Scope.FLEET, RUN, TestKafka.LONG);
        var fleet = publisher.publish(Scope.FLEET, PAUSE, TestKafka.LONG);
        var forgotten = publisher.forget(Scope.job(1), TestKafka.LONG);
        listen(kafka, observer);
        await().atMost(TestKafka.LONG).until(() -> pending.size() == 2);
        assertThat(pending)
                .containsExactly(
                        new Desired(Scope.FLEET, Optional.of(PAUSE), fleet),
                        new Desired(Scope.job(1), Optional.empty(), forgotten));
        var later = publisher.publish(Scope.FLEET, RUN, TestKafka.LONG);
        await().atMost(TestKafka.LONG).until(() -> pending.size() == 3);
        assertThat(pending.get(2)).isEqualTo(new Desired(Scope.FLEET, Optional.of(RUN), later));
        assertThat(later.topicId()).isEqualTo(fleet.topicId());
        assertThat(later.offset()).isGreaterThan(fleet.offset());
    }

    @Test
    void a_record_that_the_observer_fails_on_is_delivered_again() {
        var kafka = kafka().withTopics();
        var attempts = new AtomicInteger();
        var listener = listen(kafka, new ControlObserver() {
            @Override
            public void onDesiredState(Scope scope, Optional<ControlRecord> desired, ControlPosition position) {
                if (attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException("the database is away");
                }
            }
        });
        awaitView(listener, ControlView::connected);
        publisher(kafka).publish(Scope.FLEET, PAUSE, TestKafka.LONG);
        await().atMost(TestKafka.LONG).until(() -> attempts.get() == 3);
        assertThat(listener.view().connected()).isTrue();
    }

    @Test
    void a_worker_runs_with_a_coordinators_heartbeat_and_stops_without() {
        var kafka = kafka().withTopics();
        var publisher = publisher(kafka);
        publisher.publishHeartbeat("of-old", 1, Optional.empty(), TestKafka.LONG);
        var listener = ControlListener.underALeader(
                kafka.clients(), TestKafka.LONG, Duration.ofSeconds(4), registry, new Timelines());
        opened.add(listener);
        listener.start();
        awaitView(listener, ControlView::connected);
        // The topic keeps the last heartbeat for ever: its presence proves nothing.
        assertThat(listener.view().fleetMayRun()).isFalse();
        publisher.publishHeartbeat("a", 2, Optional.empty(), TestKafka.LONG);
        awaitView(listener, ControlView::fleetMayRun);
        awaitView(listener, view -> view.connected() && !view.fleetMayRun());
        publisher.publishHeartbeat("b", 3, Optional.empty(), TestKafka.LONG);
        awaitView(listener, ControlView::fleetMayRun);
    }

    @Test
    void the_heartbeat_of_a_coordinator_on_a_former_primary_is_ignored() {
        var kafka = kafka().withTopics();
        var publisher = publisher(kafka);
        var timelines = new Timelines();
        var listener = ControlListener.underALeader(
                kafka.clients(), TestKafka.LONG, Duration.ofSeconds(4), registry, timelines);
        opened.add(listener);
        listener.start();
        awaitView(listener, ControlView::connected);
        publisher.publishHeartbeat("a", 2, Optional.of(new Timeline("s", 2)), TestKafka.LONG);
        awaitView(listener, ControlView::fleetMayRun);
        assertThat(timelines.highest("s")).contains(new Timeline("s", 2));
        publisher.publishHeartbeat("former", 2, Optional.of(new Timeline("s", 1)), TestKafka.LONG);
        awaitView(listener, view -> view.connected() && !view.fleetMayRun());
        publisher.publishHeartbeat("former", 3, Optional.of(new Timeline("s", 1)), TestKafka.LONG);
        publisher.publish(Scope.job(1), PAUSE, TestKafka.LONG);
        awaitView(listener, view -> view.state(Scope.job(1)) == DesiredState.PAUSE);
        assertThat(listener.view().fleetMayRun()).isFalse();
    }

    @Test
    void after_a_failover_of_the_database_every_record_is_delivered_again() {
        var kafka = kafka().withTopics();
        var publisher = publisher(kafka);
        publisher.publish(Scope.FLEET, PAUSE, TestKafka.LONG);
        var timelines = new Timelines();
        timelines.admits(new Timeline("s", 1));
        var listener = new ControlListener(kafka.clients(), Duration.ofSeconds(3), observer, registry, timelines);
        opened.add(listener);
        listener.start();
        await().atMost(TestKafka.LONG).until(() -> pending.size() == 1);
        timelines.admits(new Timeline("s", 2));
        await().atMost(TestKafka.LONG).until(() -> pending.size() == 2);
        assertThat(pending.get(1)).isEqualTo(pending.get(0));
    }

    @Test
    void a_missing_topic_permits_nothing_until_it_is_there() {
        var kafka = kafka();
        var listener = listen(kafka, observer);
        kafka.withTopics();
        awaitView(listener, ControlView::fleetMayRun);
    }

    @Test
    void a_topic_that_was_deleted_and_created_again_is_read_from_its_start() {
        var kafka = kafka().withTopics();
        var publisher = publisher(kafka);
        publisher.publish(Scope.job(1), PAUSE, TestKafka.LONG);
        publisher.publish(Scope.job(2), PAUSE, TestKafka.LONG);
        var listener = listen(kafka, observer);
        awaitView(listener, view -> view.connected() && view.desired().size() == 2);
        kafka.delete(kafka.topics().control());
        awaitView(listener, view -> !view.connected());
        kafka.withTopics();
        // More records than the old topic had: their offsets alone do not show that it is another topic.
        var inTheNew = publisher.publish(Scope.job(3), PAUSE, TestKafka.LONG);
        publisher.publish(Scope.job(4), PAUSE, TestKafka.LONG);
        publisher.publish(Scope.job(5), PAUSE, TestKafka.LONG);
        awaitView(listener, view -> view.connected() && !view.mayRun(3) && !view.mayRun(5) && view.mayRun(1));
        await().atMost(TestKafka.LONG)
                .until(() -> pending.contains(new Desired(Scope.job(3), Optional.of(PAUSE), inTheNew)));
        assertThat(inTheNew.topicId()).isNotEqualTo(pending.get(0).position().topicId());
    }
}
