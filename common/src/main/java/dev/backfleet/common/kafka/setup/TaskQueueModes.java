package dev.backfleet.common.kafka.setup;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.settings.TaskQueueMode;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Chooses share group or consumer group by the cluster's features. */
public final class TaskQueueModes {
    private static final String FEATURE = "share.version";

    private TaskQueueModes() {}

    /**
     * The protocol to use on this cluster, never {@link TaskQueueMode#AUTO}.
     *
     * @throws KafkaSetupException if share groups are required but the cluster has none
     * @throws org.apache.kafka.common.KafkaException if the cluster cannot be asked
     */
    public static TaskQueueMode resolve(Admin admin, TaskQueueMode wanted, Duration timeout) {
        if (wanted == TaskQueueMode.GROUP) {
            return wanted;
        }
        if (shareVersion(admin, timeout) >= 1) {
            return TaskQueueMode.SHARE;
        }
        if (wanted == TaskQueueMode.AUTO) {
            return TaskQueueMode.GROUP;
        }
        throw new KafkaSetupException(
                "The task queue mode is 'share', but this Kafka cluster has no share groups (feature share.version is 0):"
                        + " use mode 'auto' or 'group', or Kafka 4.2 or later with"
                        + " 'kafka-features.sh upgrade --feature share.version=1'.",
                null);
    }

    /** The version of share groups on this cluster; 0: it has none. */
    static int shareVersion(Admin admin, Duration timeout) {
        var options = new DescribeFeaturesOptions().timeoutMs((int) timeout.toMillis());
        try {
            var features = KafkaFailures.await(admin.describeFeatures(options).featureMetadata(), timeout)
                    .finalizedFeatures();
            var range = features.get(FEATURE);
            return range == null ? 0 : range.maxVersionLevel();
        } catch (UnsupportedVersionException e) {
            return 0; // a cluster that does not know the request is too old for share groups
        }
    }
}
