package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskQueue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds for every task queue, on a real broker. */
@Tag("server")
abstract class TaskQueueContract {
    static final Duration SHORT = Duration.ofMillis(200);

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> opened = new ArrayList<>();

    abstract TaskQueueMode mode();

    /** Tasks that are neither acknowledged nor, in a consumer group, behind the committed position. */
    abstract long lag(TestKafka kafka);

    final TestKafka kafka() {
        return TestKafka.shared(mode()).withTopics();
    }

    final TaskQueue open(TestKafka kafka) {
        return closedLater(TaskQueues.open(kafka.clients(), registry));
    }

    final void publish(TestKafka kafka, List<Task> tasks) {
        var publisher = closedLater(new KafkaTaskPublisher(kafka.clients()));
        assertThat(publisher.publish(tasks, TestKafka.LONG)).isEmpty();
    }

    final <T extends AutoCloseable> T closedLater(T resource) {
        opened.add(resource);
        return resource;
    }

    static List<Task> tasks(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> new Task(new ShardId(7, number), number))
                .toList();
    }

    static TaskQueue.Delivery deliveryOf(TaskQueue queue) {
        var time = new TimeLeft(TestKafka.LONG);
        while (!time.isOver()) {
            var delivery = queue.take(SHORT);
            if (delivery.isPresent()) {
                return delivery.get();
            }
        }
        throw new AssertionError("no task came");
    }

    static Task takeOne(TaskQueue queue) {
        var delivery = deliveryOf(queue);
        queue.acknowledge(delivery);
        return delivery.task();
    }

    static List<Task> take(TaskQueue queue, int count) {
        return IntStream.range(0, count).mapToObj(i -> takeOne(queue)).toList();
    }

    @AfterEach
    void close_all() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    @Test
    void tasks_published_before_the_group_exists_are_delivered() {
        var kafka = kafka();
        publish(kafka, tasks(5));
        assertThat(take(open(kafka), 5)).containsExactlyInAnyOrderElementsOf(tasks(5));
        await().atMost(TestKafka.LONG).until(() -> lag(kafka) == 0);
    }

    @Test
    void tasks_are_delivered_as_often_as_they_were_published_and_leave_no_lag() {
        var kafka = kafka();
        var again = new Task(new ShardId(7, 1), 1);
        publish(kafka, List.of(again, again, again));
        assertThat(take(open(kafka), 3)).containsExactly(again, again, again);
        await().atMost(TestKafka.LONG).until(() -> lag(kafka) == 0);
    }

    @Test
    void a_delivery_must_be_acknowledged_before_the_next_take() {
        var kafka = kafka();
        publish(kafka, tasks(2));
        var queue = open(kafka);
        deliveryOf(queue);
        assertThatThrownBy(() -> queue.take(SHORT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_delivery_that_was_not_acknowledged_comes_again_after_close() {
        var kafka = kafka();
        publish(kafka, tasks(1));
        try (var first = TaskQueues.open(kafka.clients(), registry)) {
            deliveryOf(first);
        }
        assertThat(takeOne(open(kafka))).isEqualTo(tasks(1).get(0));
    }

    @Test
    void an_acknowledged_task_does_not_come_again_however_long_the_work_takes() {
        var kafka = kafka();
        publish(kafka, tasks(1));
        try (var first = TaskQueues.open(kafka.clients(), registry)) {
            takeOne(first);
        }
        publish(kafka, List.of(new Task(new ShardId(7, 99), 1)));
        assertThat(takeOne(open(kafka)).shard().number()).isEqualTo(99);
    }

    @Test
    void what_is_no_task_is_counted_acknowledged_and_skipped() {
        var kafka = kafka();
        var topic = kafka.topics().tasks();
        kafka.produce(topic, null, null);
        kafka.produce(topic, "k", "\u0000 garbage");
        kafka.produce(topic, "k", "{\"v\":1,\"job\":1}");
        kafka.produce(topic, "k", "{\"v\":2,\"job\":1,\"shard\":2,\"dispatch\":3}");
        kafka.produce(topic, "k", "{\"v\":1,\"job\":1,\"shard\":2,\"dispatch\":3,\"x\":\"" + "x".repeat(5_000) + "\"}");
        publish(kafka, tasks(1));
        var queue = open(kafka);
        assertThat(takeOne(queue)).isEqualTo(tasks(1).get(0));
        // In a consumer group other partitions may come later.
        await().atMost(TestKafka.LONG).until(() -> queue.take(SHORT).isEmpty() && lag(kafka) == 0);
        assertThat(skipped("malformed")).isEqualTo(3);
        assertThat(skipped("newer")).isEqualTo(1);
        assertThat(skipped("oversized")).isEqualTo(1);
    }

    private double skipped(String reason) {
        return ProcessMetric.RECORDS_SKIPPED.counter(registry, "tasks", reason).count();
    }

    @Test
    void a_worker_that_has_left_holds_nothing_back() {
        var kafka = kafka();
        publish(kafka, tasks(30));
        var taken = new ArrayList<Task>();
        try (var first = TaskQueues.open(kafka.clients(), registry)) {
            taken.addAll(take(first, 3));
            first.rest();
        }
        taken.addAll(take(open(kafka), 27));
        assertThat(taken).containsExactlyInAnyOrderElementsOf(tasks(30));
    }

    @Test
    void members_come_and_go_without_second_deliveries() throws Exception {
        var kafka = kafka();
        publish(kafka, tasks(120));
        var taken = new ConcurrentLinkedQueue<Task>();
        var pool = Executors.newFixedThreadPool(3);
        try {
            // The first and the second leave in the middle; the third comes later and stays to the end.
            var first = CompletableFuture.runAsync(() -> work(kafka, taken, 20, true), pool);
            var second = CompletableFuture.runAsync(() -> work(kafka, taken, 40, false), pool);
            var third = CompletableFuture.runAsync(() -> work(kafka, taken, 120, true), pool);
            CompletableFuture.allOf(first, second, third).get(TestKafka.LONG.toSeconds(), TimeUnit.SECONDS);
        } finally {
            pool.shutdownNow();
        }
        assertThat(taken).containsExactlyInAnyOrderElementsOf(tasks(120));
    }

    private void work(TestKafka kafka, ConcurrentLinkedQueue<Task> taken, int until, boolean restless) {
        try (var queue = TaskQueues.open(kafka.clients(), registry)) {
            while (taken.size() < until) {
                queue.take(SHORT).ifPresent(delivery -> {
                    queue.acknowledge(delivery);
                    taken.add(delivery.task());
                });
                if (!restless) {
                    queue.rest();
                }
            }
        }
    }

    // Again and again, since the call may come before, while and after the consumer is opened.
    @RepeatedTest(10)
    void a_wake_up_ends_a_take() throws Exception {
        var queue = open(kafka());
        var taking = CompletableFuture.supplyAsync(() -> queue.take(Duration.ofMinutes(10)));
        queue.wakeUp();
        assertThat(taking.get(TestKafka.LONG.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void a_wake_up_does_not_spoil_the_acknowledgement_that_follows() {
        var kafka = kafka();
        publish(kafka, tasks(1));
        var queue = open(kafka);
        var delivery = deliveryOf(queue);
        queue.wakeUp();
        queue.acknowledge(delivery);
        assertThat(queue.take(Duration.ofMinutes(10))).isEmpty();
        await().atMost(TestKafka.LONG).until(() -> lag(kafka) == 0);
    }

    @Test
    void a_topic_that_is_deleted_and_created_again_is_taken_from_again() {
        var kafka = kafka();
        var queue = open(kafka);
        publish(kafka, tasks(3));
        take(queue, 3);
        kafka.delete(kafka.topics().tasks());
        kafka.withTopics();
        var healed = new Task(new ShardId(8, 1), 1);
        // Published again and again, as the reaper does: a member of a consumer group may miss what stands below its
        // position in the deleted topic.
        await().atMost(TestKafka.LONG).until(() -> {
            publish(kafka, List.of(healed));
            var delivery = queue.take(SHORT);
            delivery.ifPresent(queue::acknowledge);
            return delivery.isPresent() && delivery.get().task().equals(healed);
        });
    }
}
