package dev.backfleet.common.kafka.control;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.RenewableAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks, without waiting, where the control topic ends and whether it is still the same topic. When the reader has come
 * to the end that was told, it has heard everything that was said before the question.
 */
final class EndOffsetProbe {
    private static final int PATIENCE_MS = 3_000;

    private final RenewableAdmin admin;
    private final TopicPartition partition;
    private final String topicId;
    private final Duration interval;
    private @Nullable Question question;
    private long lastAsked;

    EndOffsetProbe(RenewableAdmin admin, TopicPartition partition, String topicId, Duration interval) {
        this.admin = admin;
        this.partition = partition;
        this.topicId = topicId;
        this.interval = interval;
        this.lastAsked = System.nanoTime() - interval.toNanos();
    }

    /**
     * Asks when it is time to, and looks for the answer.
     *
     * @param position up to where the topic was read
     * @return since when nothing was missed, once for each answer
     * @throws TopicReplacedException if the topic is another one now, or gone
     */
    OptionalLong proof(LongSupplier position) {
        var open = question;
        if (open == null) {
            if (System.nanoTime() - lastAsked >= interval.toNanos()) {
                question = ask();
            }
            return OptionalLong.empty();
        }
        try {
            return answer(open, position);
        } catch (UnknownTopicOrPartitionException e) {
            throw new TopicReplacedException(partition.topic());
        } catch (RetriableException e) {
            question = null; // no answer, no proof: silence counts on
            if (e instanceof TimeoutException) {
                admin.renew();
            }
            return OptionalLong.empty();
        }
    }

    private OptionalLong answer(Question open, LongSupplier position) {
        if (open.topic().isDone()) {
            checkSameTopic(open);
        }
        if (!open.isAnswered() || position.getAsLong() < end(open)) {
            return OptionalLong.empty(); // the same question stays open until the reader is there
        }
        question = null;
        return OptionalLong.of(open.askedAt());
    }

    private Question ask() {
        lastAsked = System.nanoTime();
        var asked = admin.get();
        return new Question(
                lastAsked,
                asked.describeTopics(List.of(partition.topic()), new DescribeTopicsOptions().timeoutMs(PATIENCE_MS))
                        .allTopicNames(),
                asked.listOffsets(
                                Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions().timeoutMs(PATIENCE_MS))
                        .partitionResult(partition));
    }

    private void checkSameTopic(Question answered) {
        var topic = KafkaFailures.await(answered.topic(), Duration.ZERO).get(partition.topic());
        if (topic == null || !topic.topicId().toString().equals(topicId)) {
            throw new TopicReplacedException(partition.topic());
        }
    }

    private static long end(Question answered) {
        return KafkaFailures.await(answered.end(), Duration.ZERO).offset();
    }

    private record Question(
            long askedAt, KafkaFuture<Map<String, TopicDescription>> topic, KafkaFuture<ListOffsetsResultInfo> end) {
        boolean isAnswered() {
            return topic.isDone() && end.isDone();
        }
    }

    /** The topic was deleted, and perhaps created again: it has to be read from its start. */
    static final class TopicReplacedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TopicReplacedException(String topic) {
            super("topic " + topic + " was deleted or replaced");
        }
    }
}
