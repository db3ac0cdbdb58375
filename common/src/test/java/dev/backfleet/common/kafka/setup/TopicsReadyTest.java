package dev.backfleet.common.kafka.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker that is started before the first coordinator waits for the topics. */
@Tag("server")
class TopicsReadyTest {
    private final TestKafka kafka = TestKafka.shared(TaskQueueMode.AUTO);
    private final ArrayList<String> said = new ArrayList<>();
    private Duration now = Duration.ZERO;

    private StartWait wait(Runnable meanwhile) {
        return new StartWait(Duration.ofMinutes(1), said::add, () -> now, pause -> {
            now = now.plusSeconds(11);
            meanwhile.run();
        });
    }

    @Test
    void a_missing_topic_is_waited_for_and_named() throws InterruptedException {
        TopicsReady.await(kafka.clients(), wait(() -> {
            if (said.size() == 2) {
                kafka.withTopics();
            }
        }));
        assertThat(said)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(line ->
                        line.endsWith("there is no topic " + kafka.topics().tasks() + " yet"));
    }

    @Test
    void a_topic_that_does_not_come_ends_the_start_with_what_to_do() {
        kafka.withTopics().delete(kafka.topics().control());
        assertThatThrownBy(() -> TopicsReady.await(kafka.clients(), wait(() -> {})))
                .isInstanceOf(ExplainedFailure.class)
                .hasMessageContainingAll(
                        "there is no topic " + kafka.topics().control() + " yet", "start a coordinator");
    }
}
