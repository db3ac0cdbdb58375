package dev.backfleet.common.kafka.setup;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Waits for the topics, which a coordinator creates. */
public final class TopicsReady {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private TopicsReady() {}

    /**
     * Returns when all topics of the fleet exist. Topics that this client may not describe count as existing.
     *
     * @throws ExplainedFailure {@link Kind#UNUSABLE} when the time is over
     */
    public static void await(KafkaClients clients, StartWait wait) throws InterruptedException {
        try (var admin = clients.admin("topics")) {
            try {
                wait.await(
                        () -> missing(admin, clients.topics()),
                        what -> new ExplainedFailure(
                                Kind.UNUSABLE, what, "start a coordinator, which creates the topics"));
            } finally {
                admin.close(Duration.ZERO);
            }
        }
    }

    private static Optional<String> missing(Admin admin, Topics topics) {
        for (var topic : List.of(topics.tasks(), topics.control(), topics.events())) {
            try {
                KafkaFailures.await(admin.describeTopics(List.of(topic)).allTopicNames(), ANSWER);
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.of("there is no topic " + topic + " yet");
            } catch (AuthorizationException e) {
                // The client that reads it reports the missing permission.
            } catch (RetriableException e) {
                return Optional.of("Kafka does not report whether there is a topic " + topic + " ("
                        + KafkaFailures.describe(e) + ")");
            }
        }
        return Optional.empty();
    }
}
