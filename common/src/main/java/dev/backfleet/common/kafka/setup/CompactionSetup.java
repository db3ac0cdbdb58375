package dev.backfleet.common.kafka.setup;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ensures that the control topic is compacted: with another policy, a pause is deleted after the retention time. */
final class CompactionSetup {
    private static final Logger log = LoggerFactory.getLogger(CompactionSetup.class);

    private final Admin admin;
    private final ConfigResource topic;

    CompactionSetup(Admin admin, String topic) {
        this.admin = admin;
        this.topic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    void run(TimeLeft time) {
        try {
            var configs = KafkaFailures.await(
                            admin.describeConfigs(List.of(topic)).all(), time.left())
                    .get(topic);
            var policy = configs == null ? null : configs.get(CLEANUP_POLICY_CONFIG);
            if (policy != null && !CLEANUP_POLICY_COMPACT.equals(policy.value())) {
                repair(String.valueOf(policy.value()), time);
            }
        } catch (RetriableException e) {
            throw e;
        } catch (ApiException e) {
            log.atDebug()
                    .addKeyValue("topic", topic.name())
                    .addKeyValue("cause", KafkaFailures.describe(e))
                    .log("the topic's cleanup policy cannot be read");
        }
    }

    private void repair(String found, TimeLeft time) {
        var compact = new AlterConfigOp(
                new ConfigEntry(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT), AlterConfigOp.OpType.SET);
        try {
            KafkaFailures.await(
                    admin.incrementalAlterConfigs(Map.of(topic, List.of(compact)))
                            .all(),
                    time.left());
            log.atWarn()
                    .addKeyValue("topic", topic.name())
                    .addKeyValue("was", found)
                    .log("the control topic was not compacted; its cleanup.policy was set to compact");
        } catch (RetriableException e) {
            throw e;
        } catch (ApiException e) {
            log.atWarn()
                    .addKeyValue("topic", topic.name())
                    .addKeyValue("cleanup.policy", found)
                    .addKeyValue("cause", KafkaFailures.describe(e))
                    .log("the control topic is not compacted, so a pause is lost after the retention time: set its"
                            + " cleanup.policy to compact with kafka-configs.sh");
        }
    }
}
