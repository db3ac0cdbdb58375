package dev.backfleet.common.kafka.setup;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configures the share group before the first task is published. */
final class ShareGroupSetup {
    private static final Logger log = LoggerFactory.getLogger(ShareGroupSetup.class);

    private static final String OFFSET_RESET = "share.auto.offset.reset";
    private static final String EARLIEST = "earliest";

    private final Admin admin;
    private final ConfigResource group;

    ShareGroupSetup(Admin admin, String group) {
        this.admin = admin;
        this.group = new ConfigResource(ConfigResource.Type.GROUP, group);
    }

    void run(TimeLeft time) {
        readFromTheStart(time);
        // A task is acknowledged right after its claim, so a short lock is enough, and the task of a frozen worker is
        // free again soon.
        tryToSet("share.record.lock.duration.ms", "15000", time);
        // Since Kafka 4.3. A delivery is not an attempt: attempts are counted in PostgreSQL.
        tryToSet("share.delivery.count.limit", "10", time);
    }

    /**
     * A new share group starts at the end of its topic by default: tasks that were published before its first member
     * joined would be lost.
     */
    private void readFromTheStart(TimeLeft time) {
        try {
            set(OFFSET_RESET, EARLIEST, time);
        } catch (AuthorizationException e) {
            if (!isAlreadyEarliest(time)) {
                throw new KafkaSetupException(
                        "No permission to set " + OFFSET_RESET + "=" + EARLIEST + " on group " + group.name()
                                + ": grant ALTER_CONFIGS on the group or the cluster, or set it with kafka-configs.sh.",
                        e);
            }
        }
    }

    private boolean isAlreadyEarliest(TimeLeft time) {
        try {
            var config = KafkaFailures.await(
                            admin.describeConfigs(List.of(group)).all(), time.left())
                    .get(group);
            var entry = config == null ? null : config.get(OFFSET_RESET);
            return entry != null && EARLIEST.equals(entry.value());
        } catch (AuthorizationException e) {
            return false;
        }
    }

    private void tryToSet(String name, String value, TimeLeft time) {
        try {
            set(name, value, time);
        } catch (RetriableException e) {
            throw e;
        } catch (ApiException e) {
            log.atInfo()
                    .addKeyValue("group", group.name())
                    .addKeyValue("config", name)
                    .addKeyValue("value", value)
                    .addKeyValue("cause", KafkaFailures.describe(e))
                    .log("the cluster keeps its own value");
        }
    }

    private void set(String name, String value, TimeLeft time) {
        var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        KafkaFailures.await(
                admin.incrementalAlterConfigs(Map.of(group, List.of(change))).all(), time.left());
    }
}
