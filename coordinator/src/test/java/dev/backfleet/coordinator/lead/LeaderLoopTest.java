package dev.backfleet.coordinator.lead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FairShares;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.Rollouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's duties, one after another. */
class LeaderLoopTest {
    private final List<String> done = new ArrayList<>();

    private final class Board implements Dispatcher.Board {
        @Override
        public FleetLoad load() {
            done.add("load");
            throw new IllegalStateException("load");
        }

        @Override
        public List<Task> dispatch(long job, int count, long leader) {
            throw new AssertionError();
        }

        @Override
        public void undo(List<Task> tasks) {
            throw new AssertionError();
        }
    }

    private static final class Publisher implements TaskPublisher {
        @Override
        public List<Task> publish(List<Task> tasks, Duration timeout) {
            throw new AssertionError();
        }

        @Override
        public void close() {}
    }

    private final class Waves implements Rollouts.Waves {
        @Override
        public List<Rollouts.Wave> noteDone() {
            done.add("waves");
            return List.of();
        }

        @Override
        public List<Rollouts.Wave> promoteSoaked() {
            return List.of();
        }
    }

    @Test
    void a_duty_that_fails_keeps_none_of_the_others_from_being_done() {
        var board = new Board();
        var duties = new LeaderLoop(
                new Dispatcher(board, new FairShares(), new Publisher(), () -> Duration.ZERO),
                new Rollouts(new Waves()),
                new StragglerSplitter(board, (job, count) -> 0),
                List.<Runnable>of(
                        () -> {
                            done.add("finish");
                            throw new IllegalStateException("finish");
                        },
                        () -> done.add("reap")),
                Duration.ofSeconds(1),
                () -> Duration.ZERO);
        assertThatThrownBy(() -> duties.runOnce(1, false)).hasMessage("load").satisfies(first -> assertThat(
                        first.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("finish", "load"));
        assertThat(done).containsExactly("load", "finish", "reap", "waves", "load");
    }
}
