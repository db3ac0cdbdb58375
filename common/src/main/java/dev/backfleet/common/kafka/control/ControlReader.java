package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.kafka.LogSample;
import dev.backfleet.common.kafka.RenewableAdmin;
import dev.backfleet.common.kafka.SkippedRecords;
import dev.backfleet.common.timeline.Timelines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one incarnation of the control topic from its start. */
final class ControlReader {
    private static final Logger log = LoggerFactory.getLogger(ControlReader.class);
    private static final Duration POLL = Duration.ofMillis(50);
    // An arriving record ends the wait; only the end of the process may be delayed by it.
    private static final Duration IDLE_POLL = Duration.ofMillis(300);
    private static final Duration PROOF_INTERVAL = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final String topicId;
    private final EndOffsetProbe end;
    private final SkippedRecords rejected;
    private final Timelines timelines;
    private final LogSample formerLeaders = new LogSample(Duration.ofSeconds(10));
    private ControlView view = ControlView.DISCONNECTED;
    private boolean drained;

    ControlReader(
            Consumer<byte[], byte[]> consumer,
            RenewableAdmin admin,
            String topic,
            String topicId,
            SkippedRecords rejected,
            Timelines timelines) {
        this.consumer = consumer;
        this.partition = new TopicPartition(topic, 0);
        this.topicId = topicId;
        this.end = new EndOffsetProbe(admin, partition, topicId, PROOF_INTERVAL);
        this.rejected = rejected;
        this.timelines = timelines;
    }

    void readWhile(
            BooleanSupplier open, ControlFreshness freshness, ViewNotifier notifier, PendingControlRecords pending) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (open.getAsBoolean()) {
            var some = readSome(freshness, pending);
            var proof = end.proof(this::position);
            if (proof.isPresent()) {
                drained = true;
                freshness.proven(view, proof.getAsLong());
            } else if (some && drained) {
                freshness.changed(view);
            }
            notifier.notifyIfChanged(freshness.view());
            if (proof.isPresent() || (some && drained && isAtKnownEnd())) {
                pending.deliver();
            }
        }
    }

    private boolean readSome(ControlFreshness freshness, PendingControlRecords pending) {
        var records = consumer.poll(drained ? IDLE_POLL : POLL);
        for (var record : records) {
            read(record, freshness, pending);
        }
        return !records.isEmpty();
    }

    private long position() {
        try {
            return consumer.position(partition, POLL);
        } catch (TimeoutException e) {
            return -1; // the start of the topic is not known yet
        }
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record, ControlFreshness freshness, PendingControlRecords pending) {
        var change = ControlCodec.decode(record.key(), record.value());
        view = change.applyTo(view);
        if (change instanceof ControlChange.Desired desired) {
            pending.add(
                    desired, new ControlPosition(topicId, record.offset(), Instant.ofEpochMilli(record.timestamp())));
        } else if (change instanceof ControlChange.Heartbeat beat && drained) {
            // Before the first proof a heartbeat may be of any age: the topic keeps the last one for ever.
            connected(beat, freshness);
        } else if (change instanceof ControlChange.Rejected no) {
            rejected.skipped(record, no.tag(), no.reason());
        }
    }

    /** Ignores the heartbeat of a coordinator that is connected to a former primary. */
    private void connected(ControlChange.Heartbeat beat, ControlFreshness freshness) {
        if (beat.timeline().map(timelines::admitsLeader).orElse(true)) {
            freshness.heartbeat();
        } else {
            formerLeaders.next().ifPresent(suppressed -> log.atWarn()
                    .addKeyValue("suppressed", suppressed)
                    .log("heartbeat ignored: its coordinator is connected to a former primary"));
        }
    }

    /** By the last fetch's answer; sends no request. */
    private boolean isAtKnownEnd() {
        return consumer.currentLag(partition).orElse(1) == 0;
    }
}
