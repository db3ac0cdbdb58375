package dev.backfleet.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.control.ControlListener;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.kafka.task.KafkaTaskPublisher;
import dev.backfleet.common.kafka.task.TaskQueues;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskQueue;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients during an outage of the broker: all of them recover by themselves when it is back. */
@Tag("server")
class BrokerAwayTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Boolean> connected = new CopyOnWriteArrayList<>();

    private final ControlObserver observer = new ControlObserver() {
        @Override
        public void onChange(ControlView view) {
            connected.add(view.connected());
        }
    };

    @Test
    void without_a_broker_no_task_comes_and_nothing_is_permitted_until_it_is_back() {
        try (var broker = KafkaBroker.open(KafkaOptions.defaults())) {
            var share = TestKafka.on(broker, TaskQueueMode.SHARE).withTopics();
            var group = TestKafka.on(broker, TaskQueueMode.GROUP).withTopics();
            try (var fromShare = TaskQueues.open(share.clients(), registry);
                    var fromGroup = TaskQueues.open(group.clients(), registry);
                    var toShare = new KafkaTaskPublisher(share.clients());
                    var toGroup = new KafkaTaskPublisher(group.clients());
                    var pending = new ControlPublisher(share.clients());
                    var listener = new ControlListener(
                            share.clients(), Duration.ofSeconds(3), observer, registry, new Timelines())) {
                listener.start();
                pending.publish(Scope.job(1), new ControlRecord(DesiredState.PAUSE, null, null), TestKafka.LONG);
                passOne(toShare, fromShare);
                passOne(toGroup, fromGroup);
                await().atMost(TestKafka.LONG).until(listener::view, view -> view.fleetMayRun() && !view.mayRun(1));

                broker.kill();
                var lost = task(3);
                assertThat(toShare.publish(List.of(lost), SHORT)).containsExactly(lost);
                nothingMoreComes(fromShare);
                fromShare.rest();
                nothingMoreComes(fromGroup);
                fromGroup.rest();
                await().atMost(TestKafka.LONG).until(listener::view, view -> !view.connected());
                assertThat(listener.view().desired()).containsKey(Scope.job(1));

                broker.start();
                passOne(toShare, fromShare);
                passOne(toGroup, fromGroup);
                await().atMost(TestKafka.LONG).until(listener::view, view -> view.fleetMayRun() && !view.mayRun(1));
                share.produce(share.topics().control(), "fleet", "pause");
                await().atMost(TestKafka.LONG).until(listener::view, view -> view.connected() && !view.fleetMayRun());
                // The observer was notified as well, at least once for each change of the connection.
                assertThat(connected).containsSubsequence(true, false, true);
            }
        }
    }

    private static Task task(int number) {
        return new Task(new ShardId(1, number), 1);
    }

    /** Except copies of a task that were fetched before, since it was published repeatedly. */
    private static void nothingMoreComes(TaskQueue queue) {
        await().atMost(TestKafka.LONG).until(() -> {
            var delivery = queue.take(SHORT);
            assertThat(delivery.map(TaskQueue.Delivery::task)).isIn(Optional.empty(), Optional.of(task(1)));
            delivery.ifPresent(queue::acknowledge);
            return delivery.isEmpty();
        });
    }

    /** Publishes a task until it arrives, as the reaper does. */
    private static void passOne(KafkaTaskPublisher publisher, TaskQueue queue) {
        await().atMost(TestKafka.LONG).until(() -> {
            var failed = publisher.publish(List.of(task(1)), Duration.ofSeconds(2));
            var delivery = queue.take(SHORT);
            delivery.ifPresent(queue::acknowledge);
            return failed.isEmpty() && delivery.isPresent();
        });
    }
}
