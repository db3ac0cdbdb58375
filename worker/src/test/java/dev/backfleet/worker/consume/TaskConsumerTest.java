package dev.backfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Target;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskQueue;
import dev.backfleet.worker.execute.FakeShards;
import dev.backfleet.worker.execute.Samples;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A slot first, then a task, then the claim, then the acknowledgement. */
class TaskConsumerTest {
    private static final ControlRecord PAUSE = new ControlRecord(DesiredState.PAUSE, null, null);

    private final List<String> story = new ArrayList<>();
    private final Slots slots = new Slots(1, bug -> {});
    private final FakeShards store = new FakeShards();
    private final Deque<Task> waiting = new ArrayDeque<>(List.of(new Task(new ShardId(7, 1), 1)));
    private ControlView control = new ControlView(true, Map.of());
    private Optional<Suspension> suspension = Optional.empty();
    private Runnable brokersAnswer = () -> {};
    private Runnable onSleep = () -> {};
    private int rounds = 1;

    private void run() throws InterruptedException {
        var conditions = new TaskConsumer.Conditions(() -> control, () -> suspension, () -> rounds-- == 0);
        new TaskConsumer(new Queue(), slots, store.access(), executor(), conditions, duration -> {
                    story.add("sleep");
                    onSleep.run();
                })
                .runUntilStopped();
        slots.drain(Duration.ofSeconds(30));
    }

    private boolean slotIsFree() {
        try {
            var free = slots.reserve(Duration.ZERO);
            if (free) {
                slots.release();
            }
            return free;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void suspend(NotAccepting why) {
        suspension = Optional.of(new Suspension(why, Duration.ZERO));
    }

    private ShardExecutor executor() {
        // A run that stops by control at once: what it does is another test's matter.
        var context = new ShardExecutor.Context(
                () -> ControlView.DISCONNECTED, () -> false, () -> Duration.ZERO, duration -> {});
        var metrics = new WorkMetrics(new SimpleMeterRegistry());
        var reports = new WorkReports("w", event -> {}, metrics, InstantSource.system(), () -> Duration.ZERO);
        var settings = new RunSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ZERO);
        return new ShardExecutor(settings, failures -> Duration.ZERO, context, reports);
    }

    @Test
    void a_task_is_claimed_before_it_is_acknowledged() throws InterruptedException {
        store.answers(Optional.of(Samples.claim()));
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]");
        assertThat(store.asked()).containsExactly("claim 7/1", "giveBack " + Duration.ZERO);
        assertThat(slotIsFree()).isTrue();
    }

    @Test
    void the_work_does_not_wait_for_the_acknowledgement() throws InterruptedException {
        store.answers(Optional.of(Samples.claim()));
        brokersAnswer = () -> await().until(this::slotIsFree);
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]");
    }

    @Test
    void a_task_whose_shard_is_not_to_be_had_is_acknowledged_and_dropped() throws InterruptedException {
        store.answers(Optional.empty());
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]");
        assertThat(store.asked()).containsExactly("claim 7/1");
        assertThat(slotIsFree()).isTrue();
    }

    @Test
    void a_task_whose_claim_fails_is_acknowledged_and_left_to_the_reaper() throws InterruptedException {
        store.refuses("55P03");
        rounds = 2;
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]", "take");
        assertThat(slotIsFree()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "08004", "25006"})
    void a_task_whose_claim_fails_because_the_database_is_away_is_claimed_when_it_is_back(String code)
            throws InterruptedException {
        store.refuses(code).answers(Optional.of(Samples.claim()));
        // What the watch over the database finds out.
        brokersAnswer = () -> suspend(NotAccepting.DATABASE_UNREACHABLE);
        onSleep = () -> suspension = Optional.empty();
        rounds = 3;
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]", "rest", "sleep");
        assertThat(store.asked()).containsExactly("claim 7/1", "claim 7/1", "giveBack " + Duration.ZERO);
        assertThat(slotIsFree()).isTrue();
    }

    @Test
    void a_claim_that_is_tried_again_is_tried_no_more_when_it_is_decided() throws InterruptedException {
        store.refuses("08006").answers(Optional.empty());
        rounds = 3;
        run();
        assertThat(story).containsExactly("take", "acknowledge after [claim 7/1]", "take");
        assertThat(store.asked()).containsExactly("claim 7/1", "claim 7/1");
    }

    @Test
    void a_task_of_a_paused_job_is_acknowledged_and_not_even_claimed() throws InterruptedException {
        control = control.with(Scope.job(7), PAUSE);
        run();
        assertThat(story).containsExactly("take", "acknowledge after []");
        assertThat(store.asked()).isEmpty();
    }

    @Test
    void a_task_for_another_target_is_acknowledged_and_not_claimed() throws InterruptedException {
        waiting.clear();
        waiting.add(new Task(new Target("eu-1"), new ShardId(7, 1), 1));
        run();
        assertThat(story).containsExactly("take", "acknowledge after []");
        assertThat(store.asked()).isEmpty();
    }

    @Test
    void without_a_free_slot_nothing_is_taken() throws InterruptedException {
        slots.reserve(Duration.ZERO);
        run();
        assertThat(story).containsExactly("rest");
    }

    @ParameterizedTest
    @EnumSource
    void a_worker_that_accepts_no_tasks_takes_none(NotAccepting why) throws InterruptedException {
        suspend(why);
        run();
        assertThat(story).containsExactly("rest", "sleep");
        assertThat(slotIsFree()).isTrue();
    }

    @Test
    void an_empty_queue_costs_no_slot() throws InterruptedException {
        waiting.clear();
        rounds = 3;
        run();
        assertThat(story).containsExactly("take", "take", "take");
        assertThat(slotIsFree()).isTrue();
    }

    /** A queue that tells what was asked of it. */
    private final class Queue implements TaskQueue {
        @Override
        public Optional<Delivery> take(Duration timeout) {
            story.add("take");
            assertThat(slotIsFree())
                    .as("a slot is reserved before a task is taken")
                    .isFalse();
            return Optional.ofNullable(waiting.poll()).map(task -> new Delivery(task, "receipt"));
        }

        @Override
        public void acknowledge(Delivery delivery) {
            var claims = store.asked().stream()
                    .filter(call -> call.startsWith("claim"))
                    .toList();
            story.add("acknowledge after " + claims);
            brokersAnswer.run();
        }

        @Override
        public void rest() {
            story.add("rest");
        }

        @Override
        public void wakeUp() {}

        @Override
        public void close() {}
    }
}
