package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlObserver;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReadingThread;
import dev.backfleet.common.kafka.RenewableAdmin;
import dev.backfleet.common.kafka.SkippedRecords;
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
 * Knows at any moment what is wanted of the fleet: reads the control topic from its start on a thread of its own, and
 * proves each second that it still hears it. Without proof for the time of {@code silence}, nothing is permitted.
 */
public final class ControlListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration QUESTION = Duration.ofSeconds(3);

    private final KafkaClients clients;
    private final ControlFreshness hearing;
    private final ViewNotifier announcer;
    private final ControlObserver observer;
    private final SkippedRecords rejected;
    private final Timelines timelines;
    private final ReadingThread thread;
    private volatile boolean again;

    /**
     * Creates the listener; until it is started and has read the topic, its view permits nothing.
     *
     * @param silence for how long there may be no proof that the topic is heard
     * @param observer who is told about changes at once
     */
    public ControlListener(KafkaClients clients, Duration silence, ControlObserver observer, MeterRegistry registry) {
        this(clients, silence, observer, registry, new Timelines());
    }

    /**
     * Creates a listener that reads the topic from its start again when the database fails over: the new primary may not know
     * what was stored in the former one last.
     *
     * @param silence for how long there may be no proof that the topic is heard
     * @param observer who is told about changes at once
     * @param timelines is told of the leading coordinator's timeline, and decides whether its heartbeat counts
     */
    public ControlListener(
            KafkaClients clients,
            Duration silence,
            ControlObserver observer,
            MeterRegistry registry,
            Timelines timelines) {
        this(clients, new ControlFreshness(silence, Optional.empty(), System::nanoTime), observer, registry, timelines);
        timelines.onFailover(() -> again = true);
    }

    /**
     * Creates a listener whose view permits nothing without a coordinator either.
     *
     * @param silence for how long there may be no proof that the topic is heard
     * @param leaderless for how long the leading coordinator may give no sign of life
     */
    public static ControlListener underALeader(
            KafkaClients clients, Duration silence, Duration leaderless, MeterRegistry registry) {
        return underALeader(clients, silence, leaderless, registry, new Timelines());
    }

    /**
     * Creates a listener whose view permits nothing without a coordinator that leads on the current primary.
     *
     * @param silence for how long there may be no proof that the topic is heard
     * @param leaderless for how long the leading coordinator may give no sign of life
     * @param timelines is told of the leading coordinator's timeline, and decides whether its heartbeat counts
     */
    public static ControlListener underALeader(
            KafkaClients clients, Duration silence, Duration leaderless, MeterRegistry registry, Timelines timelines) {
        var hearing = new ControlFreshness(silence, Optional.of(leaderless), System::nanoTime);
        return new ControlListener(clients, hearing, ControlObserver.NONE, registry, timelines);
    }

    private ControlListener(
            KafkaClients clients,
            ControlFreshness hearing,
            ControlObserver observer,
            MeterRegistry registry,
            Timelines timelines) {
        this.timelines = timelines;
        this.clients = clients;
        this.hearing = hearing;
        this.observer = observer;
        this.announcer = new ViewNotifier(observer);
        this.rejected = new SkippedRecords(registry, "backfleet.control.rejected");
        this.thread = new ReadingThread("backfleet-control", RETRY, this::readUntilReplaced);
    }

    /** Starts listening. */
    public void start() {
        thread.start();
    }

    /** What is wanted, as far as it was heard; decided at the moment of the call, from any thread. */
    public ControlView view() {
        return hearing.view();
    }

    /** Why nothing is permitted now, and for how long; nothing if the fleet may run. */
    public Optional<Suspension> suspension() {
        return hearing.suspension();
    }

    private void readUntilReplaced() {
        try (var admin = new RenewableAdmin(() -> clients.admin("control-end"))) {
            read(admin);
        } catch (EndOffsetProbe.TopicReplacedException e) {
            hearing.lost();
            log.atWarn()
                    .addKeyValue("topic", clients.topics().control())
                    .log("control topic replaced; reading it anew");
        } finally {
            announcer.announce(hearing.view());
        }
    }

    private void read(RenewableAdmin admin) {
        var topic = clients.topics().control();
        var description = KafkaFailures.await(
                        admin.get().describeTopics(List.of(topic)).allTopicNames(), QUESTION)
                .get(topic);
        if (description == null || description.partitions().size() != 1) {
            // Wishes in another partition would not be heard.
            hearing.lost();
            throw new KafkaException("topic " + topic + " must have exactly one partition");
        }
        var consumer = clients.consumer("control", consumerConfig());
        try {
            var reader = new ControlReader(
                    consumer, admin, topic, description.topicId().toString(), rejected, timelines);
            again = false;
            reader.readWhile(() -> thread.isOpen() && !again, hearing, announcer, new PendingControlRecords(observer));
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }

    private static Map<String, Object> consumerConfig() {
        return Map.of(
                // A position that is gone means another topic: read it from its start, do not guess.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                // A wish counts when it is said; waiting for a stranger's transaction to end would be deafness.
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_uncommitted",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                500);
    }

    /** Stops listening; the view permits nothing from then on. */
    @Override
    public void close() {
        thread.close();
        hearing.lost();
    }
}
