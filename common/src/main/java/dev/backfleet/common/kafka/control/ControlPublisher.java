package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReliableProducer;
import dev.backfleet.common.kafka.RenewableAdmin;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.kafka.setup.KafkaSetupException;
import dev.backfleet.common.kafka.setup.KafkaUnreachableException;
import dev.backfleet.common.timeline.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes desired states on the control topic. Each call waits for the brokers' acknowledgement; after a timeout the
 * record may still arrive.
 */
public final class ControlPublisher implements AutoCloseable {
    private final String servers;
    private final String topic;
    private final RenewableAdmin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable KafkaFuture<Map<String, TopicDescription>>> prepared =
            new AtomicReference<>();

    /** Opens the producer; the cluster need not be reachable yet. */
    public ControlPublisher(KafkaClients clients) {
        this.servers = clients.settings().bootstrapServers();
        this.topic = clients.topics().control();
        this.admin = new RenewableAdmin(() -> clients.admin("control-publisher"));
        this.producer = clients.producer("control", ReliableProducer.config());
    }

    /**
     * Asks the cluster what the first record needs to know, so that it need not wait for the answers. Publishes nothing; if there
     * is no answer, publishing asks again, and says so.
     */
    public void prepare() {
        try {
            prepared.set(describe());
            producer.partitionsFor(topic);
        } catch (KafkaException ignored) {
            // Publishing asks again; then it is a failure.
        }
    }

    /**
     * Publishes a desired state.
     *
     * @return the record's position, by which the coordinator recognises it later
     * @throws KafkaUnreachableException if the brokers do not acknowledge the record in time
     * @throws KafkaSetupException if the topic does not exist or may not be written
     */
    public ControlPosition publish(Scope scope, ControlRecord record, Duration timeout) {
        if (record.state() == DesiredState.CANCEL && !(scope instanceof Scope.Job)) {
            throw new IllegalArgumentException("only a job can be cancelled");
        }
        return publishPlaced(ControlCodec.key(scope), ControlCodec.encode(record), timeout);
    }

    /** Removes the desired state of a scope (a tombstone); fails as {@link #publish} does. */
    public ControlPosition forget(Scope scope, Duration timeout) {
        return publishPlaced(ControlCodec.key(scope), null, timeout);
    }

    /** Publishes the leading coordinator's heartbeat, with its database's timeline; fails as {@link #publish} does. */
    public void publishHeartbeat(String coordinator, long epoch, Optional<Timeline> timeline, Duration timeout) {
        explain(
                timeout,
                time -> send(
                        ControlCodec.heartbeatKey(), ControlCodec.encodeHeartbeat(coordinator, epoch, timeline), time));
    }

    private ControlPosition publishPlaced(byte[] key, byte @Nullable [] value, Duration timeout) {
        return explain(timeout, time -> {
            // First, because it needs no metadata and so distinguishes an unreachable cluster from a missing topic.
            var topicId = topicId(time);
            return new ControlPosition(topicId, send(key, value, time));
        });
    }

    private String topicId(TimeLeft time) {
        var description = descriptions(time).get(topic);
        if (description == null) {
            throw new UnknownTopicOrPartitionException(topic);
        }
        return description.topicId().toString();
    }

    private Map<String, TopicDescription> descriptions(TimeLeft time) {
        var asked = prepared.getAndSet(null);
        if (asked != null) {
            try {
                return KafkaFailures.await(asked, time.left());
            } catch (KafkaException e) {
                // It was asked before anybody wanted to publish: the cluster may answer otherwise now.
                if (time.isOver()) {
                    throw e;
                }
            }
        }
        return KafkaFailures.await(describe(), time.left());
    }

    private KafkaFuture<Map<String, TopicDescription>> describe() {
        return admin.get().describeTopics(List.of(topic)).allTopicNames();
    }

    private long send(byte[] key, byte @Nullable [] value, TimeLeft time) {
        while (true) {
            try {
                return KafkaFailures.await(producer.send(new ProducerRecord<>(topic, key, value)), time.left())
                        .offset();
            } catch (org.apache.kafka.common.errors.TimeoutException e) {
                // The producer waits at most 1 s for metadata; after that it has sent nothing.
                if (time.isOver()) {
                    throw e;
                }
            }
        }
    }

    private <T> T explain(Duration timeout, Call<T> call) {
        try {
            return call.with(new TimeLeft(timeout));
        } catch (UnknownTopicOrPartitionException e) {
            throw new KafkaSetupException(
                    "Topic " + topic + " does not exist: start a coordinator, it creates what is missing.", e);
        } catch (AuthorizationException e) {
            throw new KafkaSetupException(
                    "No permission to publish to topic " + topic + ": grant WRITE and DESCRIBE on it.", e);
        } catch (KafkaException e) {
            admin.renew();
            throw new KafkaUnreachableException(
                    "Kafka at " + servers + " did not acknowledge the control record within " + timeout.toMillis()
                            + " ms: " + KafkaFailures.describe(e) + ".",
                    e);
        }
    }

    @Override
    public void close() {
        admin.close();
        producer.close(Duration.ofSeconds(1));
    }

    private interface Call<T> {
        T with(TimeLeft time);
    }
}
