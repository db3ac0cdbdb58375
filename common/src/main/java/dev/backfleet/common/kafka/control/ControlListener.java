package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReadingThread;
import dev.backfleet.common.kafka.RenewableAdmin;
import dev.backfleet.common.kafka.SkippedRecords;
import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.timeline.Timelines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the current desired state of the fleet: reads the control topic from its start on a thread of its own, and
 * proves each second that it has read all of it. Without a proof for {@code proofTimeout}, nothing is permitted.
 */
public final class ControlListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration QUESTION = Duration.ofSeconds(3);

    private final KafkaClients clients;
    private final ControlFreshness freshness;
    private final ViewNotifier notifier;
    private final ControlObserver observer;
    private final SkippedRecords rejected;
    private final Timelines timelines;
    private final ReadingThread thread;
    private volatile boolean again;

    /**
     * A listener whose view permits nothing until it is started and has read the topic. It reads the topic again when the database fails over: the new primary may lack the
     * records that were last applied to the former one.
     *
     * @param proofTimeout how long there may be no proof that the topic was read to its end
     * @param observer is notified of changes at once
     * @param timelines receives the leading coordinator's timeline, and decides whether its heartbeat counts
     */
    public ControlListener(
            KafkaClients clients,
            Duration proofTimeout,
            ControlObserver observer,
            MeterRegistry registry,
            Timelines timelines) {
        this(
                clients,
                new ControlFreshness(proofTimeout, Optional.empty(), System::nanoTime),
                observer,
                registry,
                timelines);
        timelines.onFailover(() -> again = true);
    }

    /**
     * A listener whose view permits nothing without a recent heartbeat of a coordinator on the current primary.
     *
     * @param proofTimeout how long there may be no proof that the topic was read to its end
     * @param heartbeatTimeout how long the leading coordinator's heartbeat may be missing
     * @param timelines receives the leading coordinator's timeline, and decides whether its heartbeat counts
     */
    public static ControlListener underALeader(
            KafkaClients clients,
            Duration proofTimeout,
            Duration heartbeatTimeout,
            MeterRegistry registry,
            Timelines timelines) {
        var freshness = new ControlFreshness(proofTimeout, Optional.of(heartbeatTimeout), System::nanoTime);
        WorkerMetric.HEARTBEAT_AGE.seconds(registry, freshness::heartbeatAge);
        return new ControlListener(clients, freshness, ControlObserver.NONE, registry, timelines);
    }

    private ControlListener(
            KafkaClients clients,
            ControlFreshness freshness,
            ControlObserver observer,
            MeterRegistry registry,
            Timelines timelines) {
        this.timelines = timelines;
        this.clients = clients;
        this.freshness = freshness;
        this.observer = observer;
        this.notifier = new ViewNotifier(observer);
        this.rejected = new SkippedRecords(registry, "control");
        this.thread = new ReadingThread("backfleet-control", RETRY, this::readUntilReplaced);
        ProcessMetric.CONTROL_LAG.seconds(registry, freshness::lag);
    }

    public void start() {
        thread.start();
    }

    /** The current view, evaluated at the moment of the call. May be called from any thread. */
    public ControlView view() {
        return freshness.view();
    }

    /** Why nothing is permitted now, and for how long; empty if the fleet may run. */
    public Optional<Suspension> suspension() {
        return freshness.suspension();
    }

    /** When the listener's thread last made progress. */
    public Pulse pulse() {
        return thread.pulse();
    }

    private void readUntilReplaced() {
        try (var admin = new RenewableAdmin(() -> clients.admin("control-end"))) {
            read(admin);
        } catch (EndOffsetProbe.TopicReplacedException e) {
            freshness.lost();
            log.atWarn()
                    .addKeyValue("topic", clients.topics().control())
                    .log("control topic replaced; reading it from the start");
        } finally {
            notifier.notifyIfChanged(freshness.view());
        }
    }

    private void read(RenewableAdmin admin) {
        var topic = clients.topics().control();
        var description = KafkaFailures.await(
                        admin.get().describeTopics(List.of(topic)).allTopicNames(), QUESTION)
                .get(topic);
        if (description == null || description.partitions().size() != 1) {
            // Records in another partition would not be read.
            freshness.lost();
            throw new KafkaException("topic " + topic + " must have exactly one partition");
        }
        var consumer = clients.consumer("control", consumerConfig());
        try {
            var reader = new ControlReader(
                    consumer, admin, topic, description.topicId().toString(), rejected, timelines);
            again = false;
            reader.readWhile(() -> thread.goesOn() && !again, freshness, notifier, new PendingControlRecords(observer));
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }

    private static Map<String, Object> consumerConfig() {
        return Map.of(
                // An offset that no longer exists means another topic, which must be read from its start.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                // A record counts as soon as it is written: waiting for the end of another producer's transaction would
                // block all records.
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_uncommitted",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                500);
    }

    /** Stops reading; the view permits nothing from then on. */
    @Override
    public void close() {
        thread.close();
        freshness.lost();
    }
}
