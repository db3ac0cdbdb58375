package dev.backfleet.common.kafka.setup;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names topics of tasks and events, made by others, that do not keep their records as they should. Nothing is lost with them: a task
 * that is gone is dispatched again, later.
 */
final class RetentionCheck {
    private static final Logger log = LoggerFactory.getLogger(RetentionCheck.class);

    /** A task may wait for as long as no worker is there: shorter, it is gone before a night's outage is over. */
    private static final Duration LEAST = Duration.ofHours(1);

    private final Admin admin;

    RetentionCheck(Admin admin) {
        this.admin = admin;
    }

    void run(List<String> topics, TimeLeft time) {
        for (var topic : topics) {
            try {
                var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                var config = KafkaFailures.await(
                                admin.describeConfigs(List.of(resource)).all(), time.left())
                        .get(resource);
                if (config != null) {
                    check(topic, config);
                }
            } catch (RetriableException e) {
                throw e;
            } catch (ApiException e) {
                log.atDebug()
                        .addKeyValue("topic", topic)
                        .addKeyValue("cause", KafkaFailures.describe(e))
                        .log("the topic's settings cannot be read");
            }
        }
    }

    private static void check(String topic, Config config) {
        var policy = value(config, CLEANUP_POLICY_CONFIG);
        if (Stream.of(policy.split(",")).anyMatch(CLEANUP_POLICY_COMPACT::equals)) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cleanup.policy", policy)
                    .log("the topic is compacted, so of the records of one shard only the last is kept: set its"
                            + " cleanup.policy to delete with kafka-configs.sh");
        }
        var retention = value(config, RETENTION_MS_CONFIG);
        // Negative: for ever.
        if (retention.matches("[0-9]+") && Long.parseLong(retention) < LEAST.toMillis()) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("retention.ms", retention)
                    .log(
                            "the topic keeps its records for less than an hour, so tasks that no worker takes in that time are"
                                    + " dispatched again: raise its retention.ms with kafka-configs.sh");
        }
    }

    private static String value(Config config, String name) {
        var entry = config.get(name);
        return entry == null ? "" : String.valueOf(entry.value());
    }
}
