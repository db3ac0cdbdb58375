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
 * Requests, without waiting, the control topic's end offset and its id. When the reader has reached that offset, it has
 * read every record that was published before the request.
 */
final class EndOffsetProbe {
    private static final int TIMEOUT_MS = 3_000;

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
     * Sends a request when it is due, and checks for the answer.
     *
     * @param position the offset up to which the topic was read
     * @return the time of the request up to which nothing was missed, once for each answer
     * @throws TopicReplacedException if the topic was deleted or created again
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
            question = null; // no answer, no proof: the timeout continues to run
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
            return OptionalLong.empty(); // the request stays open until the reader reaches that offset
        }
        question = null;
        return OptionalLong.of(open.askedAt());
    }

    private Question ask() {
        lastAsked = System.nanoTime();
        var asked = admin.get();
        return new Question(
                lastAsked,
                asked.describeTopics(List.of(partition.topic()), new DescribeTopicsOptions().timeoutMs(TIMEOUT_MS))
                        .allTopicNames(),
                asked.listOffsets(
                                Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions().timeoutMs(TIMEOUT_MS))
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

    /** The topic was deleted, and perhaps created again: it must be read from its start. */
    static final class TopicReplacedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TopicReplacedException(String topic) {
            super("topic " + topic + " was deleted or replaced");
        }
    }
}
