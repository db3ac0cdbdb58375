package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.LogSample;
import dev.backfleet.common.kafka.ReliableProducer;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes tasks round-robin over the partitions: the producer's default partitioner keeps to one partition for a
 * batch, which would leave other members of a consumer group idle.
 */
public final class KafkaTaskPublisher implements TaskPublisher {
    private static final Logger log = LoggerFactory.getLogger(KafkaTaskPublisher.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final LogSample sample = new LogSample();
    private int turn;

    /** Opens the producer; the cluster need not be reachable yet. */
    public KafkaTaskPublisher(KafkaClients clients) {
        this.topic = clients.topics().tasks();
        this.producer = clients.producer("tasks", ReliableProducer.config());
    }

    @Override
    public synchronized List<Task> publish(List<Task> tasks, Duration timeout) {
        var time = new TimeLeft(timeout);
        var failed = new ArrayList<Task>();
        send(tasks, time, failed).forEach((task, sent) -> {
            try {
                KafkaFailures.await(sent, time.left());
            } catch (KafkaException e) {
                failed(task, e, failed);
            }
        });
        return List.copyOf(failed);
    }

    private Map<Task, Future<RecordMetadata>> send(List<Task> tasks, TimeLeft time, List<Task> failed) {
        var sent = new LinkedHashMap<Task, Future<RecordMetadata>>();
        for (var task : tasks) {
            try {
                if (time.isOver()) {
                    throw new org.apache.kafka.common.errors.TimeoutException("no time left to publish");
                }
                sent.put(task, producer.send(record(task)));
            } catch (KafkaException e) {
                failed(task, e, failed);
            }
        }
        return sent;
    }

    private ProducerRecord<byte[], byte[]> record(Task task) {
        var partitions = producer.partitionsFor(topic).size();
        turn = (turn + 1) % partitions;
        var record = new ProducerRecord<>(topic, turn, TaskCodec.key(task), TaskCodec.encode(task));
        var trace = task.traceparent();
        if (trace != null) {
            record.headers().add(TaskRecords.TRACEPARENT, trace.getBytes(StandardCharsets.US_ASCII));
        }
        return record;
    }

    private void failed(Task task, KafkaException cause, List<Task> failed) {
        failed.add(task);
        sample.next().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("job", task.shard().job())
                .addKeyValue("shard", task.shard().number())
                .addKeyValue("cause", KafkaFailures.describe(cause))
                .addKeyValue("suppressed", suppressed)
                .log("task possibly not published"));
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
